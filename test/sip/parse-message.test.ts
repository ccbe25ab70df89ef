import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeMalformed } from '../../src/bytes/malformed.js';
import { headerValues } from '../../src/sip/header-fields.js';
import { parseCutDatagram, parseDatagram } from '../../src/sip/parse-message.js';
import { serializeRequest, serializeResponse } from '../../src/sip/serialize-message.js';
import { growth, LINEAR } from '../support/growth.js';
import { bytes, defectsOf, message, read, register } from './message-text.js';

const START = 'REGISTER sip:example.com SIP/2.0';

describe('a datagram', () => {
	it('that is well-formed has no defects', () => {
		expect(read(register()).defects).toEqual([]);
	});

	it('gives method, Request-URI and version of a request', () => {
		const expected = { method: 'REGISTER', requestUri: 'sip:example.com', version: 'SIP/2.0' };
		expect(read(register())).toMatchObject({ kind: 'request', ...expected });
	});

	it('gives code and reason phrase of a response', () => {
		const response = read(message('SIP/2.0 401 Not today, friend'));
		const expected = { kind: 'response', statusCode: 401, reasonPhrase: 'Not today, friend' };
		expect(response).toMatchObject(expected);
	});

	it('keeps the case of the method', () => {
		expect(read(message('register sip:a SIP/2.0'))).toMatchObject({ method: 'register' });
	});

	it('keeps header fields of one name apart and in order', () => {
		const twice = read(message(START, 'Contact: <sip:a>', 'm: <sip:b>', 'CONTACT: <sip:c>'));
		expect(headerValues(twice, 'contact')).toEqual(['<sip:a>', '<sip:b>', '<sip:c>']);
	});

	it('keeps the name as written and expands the compact form in the id', () => {
		expect(read(message(START, 'v: x')).headers[0]).toMatchObject({ name: 'v', id: 'via' });
	});

	it('unfolds a folded value into one line', () => {
		const folded = read(message(START, 'Subject: one', '  two', '\tthree'));
		expect(headerValues(folded, 'subject')).toEqual(['one two three']);
		expect(folded.defects).toEqual([]);
	});

	it('takes blanks on both sides of the colon, which are legal', () => {
		const odd = read(message(START, 'To  \t:   <sip:a>  '));
		expect(odd.headers[0]).toMatchObject({ name: 'To', id: 'to', value: '<sip:a>' });
		expect(odd.defects).toEqual([]);
	});

	it('tells where each header field begins', () => {
		const text = message(START, 'A: 1', 'B: 2');
		const { headers } = read(text);
		expect(headers.map(({ offset }) => text[offset])).toEqual(['A', 'B']);
	});

	it('keeps a UTF-8 value byte for byte, its last byte too', () => {
		const name = Buffer.from('voilà', 'utf8').toString('latin1');
		const parsed = read(message(START, `Subject: ${name}`));
		expect(headerValues(parsed, 'subject')).toEqual([name]);
		expect(parsed.defects).toEqual([]);
	});

	it('keeps bytes that are not UTF-8, and says so', () => {
		const text = message(START, 'Subject: J\xfcrgen');
		expect(headerValues(read(text), 'subject')).toEqual(['J\xfcrgen']);
		expect(defectsOf(text)).toEqual(['text encoding of Subject']);
	});

	it('takes LF line ends, and says where the first was', () => {
		const text = register().replaceAll('\r\n', '\n');
		expect(read(text).headers).toHaveLength(7);
		const [defect] = read(text).defects;
		expect(defect).toMatchObject({ offset: START.length, problem: { field: 'line end' } });
	});

	it('takes a message without the empty line, and says so', () => {
		expect(defectsOf(`${START}\r\nTo: <sip:a>\r\n`)).toEqual(['end of the header fields']);
	});

	it('takes CRLF before the start-line, and says so', () => {
		expect(defectsOf(`\r\n\r\n${register()}`)).toEqual(['start of datagram']);
	});

	it('keeps the bytes from the start-line on', () => {
		expect(Buffer.from(read(`\r\n${register()}`).bytes).toString('latin1')).toBe(register());
	});

	it.each([
		['REGISTER  sip:a SIP/2.0', 'blanks in request line'],
		['REGISTER sip:a  SIP/2.0', 'blanks in request line'],
		['REGISTER sip:a; lr SIP/2.0', 'Request-URI'],
		['REGISTER <sip:a> SIP/2.0', 'Request-URI'],
		['REGISTER sip:a SIP/2.0 ', 'end of request line'],
		['REGISTER sip:a SIP/3.0', 'SIP version'],
		['SIP/2.0  200 OK', 'blanks in status line'],
		['SIP/2.0 200', 'status line'],
		['SIP/2.0 999 Odd', 'status code'],
	])('names what is odd in "%s"', (startLine, field) => {
		expect(defectsOf(message(startLine))).toEqual([field]);
	});

	it('does not wrap a status code that is too large', () => {
		expect(read(message('SIP/2.0 4294967301 x'))).toMatchObject({ statusCode: 4294967301 });
	});

	it.each([
		['no colon here', 'header field'],
		[': no name', 'header field name'],
		['two words: x', 'header field name'],
	])('goes on after the line "%s", and names it', (line, field) => {
		const text = message(START, line, 'To: <sip:a>');
		expect(defectsOf(text)).toEqual([field]);
		expect(headerValues(read(text), 'to')).toEqual(['<sip:a>']);
	});

	it('names a folded line that has nothing to belong to', () => {
		expect(defectsOf(message(START, ' lost', 'To: <sip:a>'))).toEqual(['header field']);
	});

	it('takes the body by Content-Length and leaves octets beyond it', () => {
		const text = `${message(START, 'Content-Length: 3')}abcdef`;
		expect(Buffer.from(read(text).body).toString()).toBe('abc');
		expect(defectsOf(text)).toEqual(['Content-Length']);
	});

	it('takes the rest as the body where there is no Content-Length', () => {
		const text = `${message(START)}abc`;
		expect(Buffer.from(read(text).body).toString()).toBe('abc');
		expect(defectsOf(text)).toEqual([]);
	});

	it('takes what is there where Content-Length promises more, and says how much', () => {
		const parsed = read(`${message(START, 'l: 9')}abc`);
		expect(Buffer.from(parsed.body).toString()).toBe('abc');
		expect(parsed.defects.map(describeMalformed)).toEqual([
			'sip at byte 42: 9 bytes needed, 3 available (limited by end of datagram)',
		]);
	});

	it.each(['-999', 'abc', '', '1e3'])('names a Content-Length of "%s"', (length) => {
		const text = `${message(START, `Content-Length: ${length}`)}abc`;
		expect(defectsOf(text)).toEqual(['Content-Length']);
		expect(read(text).body).toHaveLength(3);
	});

	it('of two Content-Lengths counts the first, and names the other', () => {
		const text = `${message(START, 'Content-Length: 3', 'l: 2')}abc`;
		expect(read(text).body).toHaveLength(3);
		expect(defectsOf(text)).toEqual(['Content-Length']);
	});

	it('of 64 KiB is read whole', () => {
		const filler = Array.from({ length: 900 }, (_, index) => `X-${index}: ${'a'.repeat(60)}`);
		const text = message(START, ...filler);
		expect(text.length).toBeGreaterThan(60_000);
		expect(read(text).headers).toHaveLength(900);
	});

	it('with header fields without end gives a bounded number of them and of defects', () => {
		const flood = read(`${START}\r\n${'a:\r\n'.repeat(10_000)}${'b\r\n'.repeat(5000)}\r\n`);
		expect(flood.headers).toHaveLength(4096);
		expect(flood.defects.length).toBeLessThanOrEqual(64);
	});

	it.each([
		['blanks', 7500, (size: number) => `${START}\r\nA:${' '.repeat(size)}x\r\n\r\n`],
		['blanks in the request line', 1000, (size: number) => `A${' '.repeat(size)}x SIP/2.0\r\n\r\n`],
		['folded lines', 1900, (size: number) => `${START}\r\nA: 1\r\n${' b\r\n'.repeat(size)}\r\n`],
	])('full of %s is read in time by its length, not by its square', (_, size, textOf) => {
		expect(growth((length) => parseDatagram(bytes(textOf(length))), size)).toBeLessThan(LINEAR);
	});

	it('that is no SIP is refused with its first line', () => {
		expect(parseDatagram(bytes('GET / HTTP/1.1\r\nHost: a\r\n\r\n'))).toEqual({
			ok: false,
			malformed: {
				layer: 'sip',
				offset: 0,
				problem: {
					kind: 'bad-field',
					field: 'start-line',
					value: 'GET / HTTP/1.1',
					expected: 'a SIP request or status line',
				},
			},
		});
	});

	it('is a copy, safe when the buffer is used again', () => {
		const buffer = bytes(register());
		const parsed = read(buffer);
		buffer.fill(0);
		expect(Buffer.from(parsed.bytes).toString('latin1')).toBe(register());
	});

	it('never makes the reader throw, whatever the bytes', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 300 }), (data) => {
				expect(typeof parseDatagram(data).ok).toBe('boolean');
			}),
		);
	});

	it('never makes the reader throw, whatever follows a start-line', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 300 }), (data) => {
				const parsed = read(Buffer.concat([bytes(`${START}\r\n`), data]));
				expect(parsed.bytes.length).toBeLessThanOrEqual(START.length + 2 + data.length);
				for (const { offset } of parsed.headers) expect(offset).toBeLessThan(parsed.bytes.length);
			}),
		);
	});
});

describe('a datagram that the snaplen cut', () => {
	const whole = Buffer.from(bytes(register()));

	/** Header fields that are read of so many octets. */
	function left(octets: number) {
		const parsed = parseCutDatagram(whole.subarray(0, octets));
		if (!parsed.ok) throw new Error('a start-line is left');
		return parsed.value.headers.map(({ name: field, value }) => `${field}: ${value}`);
	}

	it('has each header field as it was written, or not at all', () => {
		const fields = read(whole).headers.map(({ name: field, value }) => `${field}: ${value}`);
		for (let octets = START.length; octets < whole.length; octets += 1) {
			const some = left(octets);
			expect(some).toEqual(fields.slice(0, some.length));
		}
	});

	it('has a field once its line is whole', () => {
		const call = whole.indexOf('\r\n', whole.indexOf('Call-ID')) + 2;
		expect(left(call - 1).some((field) => field.startsWith('Call-ID'))).toBe(false);
		expect(left(call).some((field) => field.startsWith('Call-ID'))).toBe(true);
	});

	it('in its start-line is known by what is left of it', () => {
		expect(left(START.length)).toEqual([]);
	});

	it('in its body has its head, and the body as far as it goes', () => {
		const parsed = parseCutDatagram(bytes(`${START}\r\nContent-Length: 20\r\n\r\nv=0\r\no=a`));
		expect(parsed.ok && Buffer.from(parsed.value.body).toString()).toBe('v=0\r\no=a');
	});
});

const TOKEN = /^[A-Za-z0-9\-.!%*_+`'~]+$/;
const token = fc.stringMatching(TOKEN);
const name = token.filter((text) => !/^(content-length|l)$/i.test(text));
const text = fc.stringMatching(/^[\x20-\x7e]*$/).map((line) => line.replace(/^ +| +$/g, ''));
const headers = fc.array(fc.tuple(name, text), { maxLength: 8 });
const body = fc.uint8Array({ maxLength: 40 });

describe('what was serialized', () => {
	it('is read back as the same request', () => {
		const uri = fc.stringMatching(/^sip:[a-z0-9@.;=]+$/);
		fc.assert(
			fc.property(token, uri, headers, body, (method, requestUri, fields, content) => {
				const sent = serializeRequest({ method, requestUri, headers: fields, body: content });
				const parsed = read(sent);
				expect(parsed).toMatchObject({ kind: 'request', method, requestUri, defects: [] });
				const received = parsed.headers.map((field) => [field.name, field.value]);
				expect(received.slice(0, -1)).toEqual(fields);
				expect(Buffer.from(parsed.body)).toEqual(Buffer.from(content));
			}),
		);
	});

	it('is read back as the same response', () => {
		const code = fc.integer({ min: 100, max: 699 });
		fc.assert(
			fc.property(code, text, headers, body, (statusCode, reasonPhrase, fields, content) => {
				const response = { statusCode, reasonPhrase, headers: fields, body: content };
				const parsed = read(serializeResponse(response));
				expect(parsed).toMatchObject({ kind: 'response', statusCode, reasonPhrase, defects: [] });
			}),
		);
	});

	it('keeps a message when the buffer it came in is used again', () => {
		const buffer = Buffer.from('REGISTER sip:example.com SIP/2.0\r\n\r\n');
		const parsed = parseDatagram(buffer);
		buffer.fill(0);
		expect(parsed.ok && Buffer.from(parsed.value.bytes).toString()).toMatch(/^REGISTER/);
	});
});
