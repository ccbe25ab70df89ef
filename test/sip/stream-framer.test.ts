import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StreamFramer } from '../../src/sip/stream-framer.js';
import { bytes, message, register } from './message-text.js';

/** What a framer gives for these chunks, told in one word each: a method, a code, or the field that is malformed. */
function frame(...chunks: (string | Uint8Array)[]): readonly string[] {
	const framer = new StreamFramer();
	return chunks.flatMap((chunk) => {
		const data = typeof chunk === 'string' ? bytes(chunk) : chunk;
		return framer.push(data).map(describeOutcome);
	});
}

function describeOutcome(parsed: ReturnType<StreamFramer['push']>[number]): string {
	if (!parsed.ok) {
		const { problem } = parsed.malformed;
		return problem.kind === 'bad-field' ? `(${problem.field})` : '(too short)';
	}
	const { value } = parsed;
	const what = value.kind === 'request' ? value.method : String(value.statusCode);
	return value.body.length === 0 ? what : `${what} ${Buffer.from(value.body).toString('latin1')}`;
}

const OK = message('SIP/2.0 200 OK', 'Content-Length: 3').concat('abc');
const BYE = message('BYE sip:a SIP/2.0', 'Content-Length: 0');

describe('a stream', () => {
	it('gives several messages of one chunk', () => {
		expect(frame(register() + OK + BYE)).toEqual(['REGISTER', '200 abc', 'BYE']);
	});

	it('gives one message of many chunks, with its last byte', () => {
		const framer = new StreamFramer();
		const data = bytes(OK);
		const counts = Array.from(data, (_, at) => framer.push(data.subarray(at, at + 1)).length);
		expect(counts.indexOf(1)).toBe(data.length - 1);
	});

	it('skips CRLF keep-alives between messages', () => {
		expect(frame(`\r\n\r\n${register()}\r\n\r\n`, `\r\n\r\n${OK}\r\n`)).toEqual([
			'REGISTER',
			'200 abc',
		]);
	});

	it('says how much it holds', () => {
		const framer = new StreamFramer();
		framer.push(bytes(OK.slice(0, 20)));
		expect(framer.pendingBytes).toBe(20);
		framer.push(bytes(OK.slice(20)));
		expect(framer.pendingBytes).toBe(0);
	});

	it('does not call leading CRLF a defect, as on a stream it is none', () => {
		const [first] = new StreamFramer().push(bytes(`\r\n${register()}`));
		expect(first).toMatchObject({ ok: true, value: { defects: [] } });
	});

	it('names a missing Content-Length and takes no body', () => {
		const [first] = new StreamFramer().push(bytes(message('BYE sip:a SIP/2.0')));
		expect(first).toMatchObject({
			ok: true,
			value: { defects: [{ problem: { field: 'Content-Length' } }] },
		});
	});

	it('begins at the first start-line when it is met in the middle, and says so once', () => {
		expect(frame(`Max-Forwards: 70\r\nTo: x\r\n\r\nbody\r\n${register()}`)).toEqual([
			'(start-line)',
			'REGISTER',
		]);
	});

	it('goes on at the next start-line when a message breaks off', () => {
		const broken = register().slice(0, 80);
		expect(frame(`${broken}\r\n${OK}`)).toEqual(['(end of the header fields)', '200 abc']);
	});

	it('goes on after a body that is longer than promised', () => {
		const long = `${message('SIP/2.0 200 OK', 'Content-Length: 3')}abcdef\r\n`;
		expect(frame(long + BYE)).toEqual(['200 abc', '(start-line)', 'BYE']);
	});

	it('does not wait for a body without end', () => {
		const huge = message('SIP/2.0 200 OK', 'Content-Length: 999999999');
		expect(frame(huge + BYE)).toEqual(['200', 'BYE']);
	});

	it('takes LF line ends', () => {
		expect(frame(register().replaceAll('\r\n', '\n') + BYE)).toEqual(['REGISTER', 'BYE']);
	});

	it('holds no more than one message, whatever comes', () => {
		const framer = new StreamFramer();
		const start = bytes('REGISTER sip:a SIP/2.0\r\n');
		framer.push(start);
		for (let count = 0; count < 40; count += 1) {
			framer.push(bytes('X: y\r\n'.repeat(10_000)));
			expect(framer.pendingBytes).toBeLessThanOrEqual(65_536);
		}
	});

	it('holds no line without end', () => {
		const framer = new StreamFramer();
		for (let count = 0; count < 20; count += 1) framer.push(new Uint8Array(10_000).fill(0x41));
		expect(framer.pendingBytes).toBeLessThanOrEqual(8192);
	});

	it('finds a message behind a line without end', () => {
		expect(frame(`${'A'.repeat(200_000)}\r\n${register()}`)).toEqual(['(start-line)', 'REGISTER']);
	});

	it('takes a chunk of a megabyte', () => {
		const many = register().repeat(5000);
		expect(many.length).toBeGreaterThan(1_000_000);
		expect(frame(many)).toHaveLength(5000);
	});

	it('is framed alike wherever it is cut in two', () => {
		const text = `${register()}\r\n\r\n${OK}junk\r\nmore\n${BYE}${register().slice(0, 90)}\r\n${OK}`;
		const whole = frame(text);
		expect(whole).toHaveLength(6);
		for (let cut = 0; cut <= text.length; cut += 1) {
			expect(frame(text.slice(0, cut), text.slice(cut))).toEqual(whole);
		}
	});

	it('is framed alike byte by byte, whatever the bytes', () => {
		const piece = fc.oneof(
			fc.constantFrom(register(), OK, BYE, '\r\n', '\n\r\n', 'SIP/2.0 ', 'Content-Length: 2\r\n'),
			fc.string({ unit: 'binary-ascii', maxLength: 12 }),
		);
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
				const text = pieces.join('');
				expect(frame(...text)).toEqual(frame(text));
			}),
		);
	});
});
