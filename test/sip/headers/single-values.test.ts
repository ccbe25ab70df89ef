import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCallId, readCallId } from '../../../src/sip/headers/call-id.js';
import { parseCSeq, readCSeq } from '../../../src/sip/headers/cseq.js';
import { parseExpires, readExpires } from '../../../src/sip/headers/expires.js';
import { parseMinExpires, readMinExpires } from '../../../src/sip/headers/min-expires.js';
import { parseRetryAfter, readRetryAfter } from '../../../src/sip/headers/retry-after.js';
import { parseWarning, readWarnings } from '../../../src/sip/headers/warning.js';
import { anyWireText, message, read, register, value } from '../message-text.js';

const rejected = (...headers: string[]) => read(message('SIP/2.0 423 No', ...headers));

describe('a CSeq', () => {
	it('has number and method', () => {
		expect(value(readCSeq(read(register())))).toEqual({ number: 1, method: 'REGISTER' });
	});

	it.each([
		['2147483648 REGISTER', 2_147_483_648],
		['4294967295 REGISTER', 4_294_967_295],
		['0009   INVITE', 9],
	])('"%s" does not wrap', (text, number) => {
		expect(value(parseCSeq(text)).number).toBe(number);
	});

	it.each([
		['4294967296 REGISTER', 'number'],
		['-1 REGISTER', 'number'],
		['REGISTER', 'number'],
		['1', 'number'],
		['1 ', 'method'],
		['1 REGISTER now', 'method'],
		['1 @', 'method'],
	])('"%s" is malformed', (text, field) => {
		expect(parseCSeq(text)).toMatchObject({ ok: false, malformed: { problem: { field } } });
	});
});

describe('Expires and Min-Expires', () => {
	it('are seconds', () => {
		expect(value(readExpires(read(register('Expires: 3600'))))).toBe(3600);
		expect(value(readMinExpires(rejected('Min-Expires: 7200')))).toBe(7200);
	});

	it('are none where the message has none', () => {
		expect(readExpires(rejected())).toBeUndefined();
		expect(readMinExpires(rejected())).toBeUndefined();
	});

	it.each(['', 'x', '-1', '1.5', '4294967296', '60;a', 'Thu, 01 Dec 1994 16:00:00 GMT'])(
		'are malformed as "%s"',
		(text) => {
			expect(parseExpires(text)).toMatchObject({ ok: false, malformed: { layer: 'expires' } });
			expect(parseMinExpires(text)).toMatchObject({ ok: false });
		},
	);
});

describe('a Retry-After', () => {
	it('has seconds, a duration and a comment', () => {
		expect(value(readRetryAfter(rejected('Retry-After: 120 (at lunch);duration=3600')))).toEqual({
			seconds: 120,
			duration: 3600,
			comment: 'at lunch',
		});
	});

	it('may be seconds alone', () => {
		expect(value(parseRetryAfter('5'))).toMatchObject({ seconds: 5, duration: undefined });
	});

	it.each(['', 'soon', '5;duration=x', '5 (open', '5 6'])('is malformed as "%s"', (text) => {
		expect(parseRetryAfter(text).ok).toBe(false);
	});
});

describe('a Call-ID', () => {
	it.each(['a', 'a@b', 'word%ZK-!.*_+\'@word`~)(><:\\/"][?}{'])('may be %s', (text) => {
		expect(value(parseCallId(text))).toBe(text);
	});

	it.each(['', 'a b', 'a@b@c', 'a,b'])('is malformed as "%s"', (text) => {
		expect(parseCallId(text).ok).toBe(false);
	});

	it('identifies a message even where it is malformed', () => {
		expect(readCallId(rejected('i: a b'))).toBe('a b');
		expect(readCallId(rejected())).toBeUndefined();
		expect(readCallId(rejected('Call-ID:'))).toBeUndefined();
	});
});

describe('a Warning', () => {
	it('has code, agent and text, several in one line', () => {
		const text = 'Warning: 399 pbx.example.com:5060 "too many, \\"really\\"", 370 x "y"';
		expect(readWarnings(rejected(text)).map(value)).toEqual([
			{ code: 399, agent: 'pbx.example.com:5060', text: 'too many, "really"' },
			{ code: 370, agent: 'x', text: 'y' },
		]);
	});

	it.each(['', '39 a "b"', '399 "b"', '399 a b', '399 a "b'])('is malformed as "%s"', (text) => {
		expect(parseWarning(text).ok).toBe(false);
	});
});

describe('the readers of single values', () => {
	it('never throw on any text', () => {
		const readers = [parseCSeq, parseExpires, parseRetryAfter, parseCallId, parseWarning];
		fc.assert(
			fc.property(anyWireText, (text) => {
				for (const reader of readers) expect(typeof reader(text).ok).toBe('boolean');
			}),
		);
	});
});
