import { describe, expect, it } from 'vitest';
import { findFieldDefects } from '../../src/sip/mandatory-fields.js';
import { message, read, register } from './message-text.js';

const fields = (text: string) =>
	findFieldDefects(read(text)).map(({ problem }) =>
		problem.kind === 'bad-field' ? `${problem.field}: ${problem.expected}` : '',
	);

describe('mandatory header fields', () => {
	it('are all in a proper REGISTER', () => {
		expect(fields(register())).toEqual([]);
	});

	it('are each named where they lack', () => {
		expect(fields(message('REGISTER sip:a SIP/2.0', 'v: x', 't: y'))).toEqual([
			'From: the header field',
			'Call-ID: the header field',
			'CSeq: the header field',
			'Max-Forwards: the header field',
		]);
	});

	it('are one fewer in a response, which has no Max-Forwards', () => {
		const headers = ['v: x', 't: y', 'f: z', 'i: 1', 'CSeq: 1 REGISTER'];
		expect(fields(message('SIP/2.0 200 OK', ...headers))).toEqual([]);
	});

	it('that stand once are named where they stand twice, in compact form too', () => {
		expect(fields(register('i: again'))).toEqual(['i: the header field only once']);
	});

	it('may be repeated where they are lists', () => {
		expect(fields(register('Contact: <sip:a>', 'Contact: <sip:b>'))).toEqual([]);
	});
});
