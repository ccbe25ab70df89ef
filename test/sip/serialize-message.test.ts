import { describe, expect, it } from 'vitest';
import { serializeRequest, serializeResponse } from '../../src/sip/serialize-message.js';
import { bytes } from './message-text.js';

const BASE = { method: 'REGISTER', requestUri: 'sip:a', headers: [], body: new Uint8Array() };
const text = (data: Uint8Array) => Buffer.from(data).toString('latin1');

describe('a request to be sent', () => {
	it('has its header fields in order and a Content-Length', () => {
		const headers = [
			['Via', 'x'],
			['To', '<sip:a>'],
		] as const;
		expect(text(serializeRequest({ ...BASE, headers, body: bytes('abc') }))).toBe(
			'REGISTER sip:a SIP/2.0\r\nVia: x\r\nTo: <sip:a>\r\nContent-Length: 3\r\n\r\nabc',
		);
	});

	it('keeps a Content-Length that is given', () => {
		const sent = text(serializeRequest({ ...BASE, headers: [['l', '0']] }));
		expect(sent).toBe('REGISTER sip:a SIP/2.0\r\nl: 0\r\n\r\n');
	});

	it('keeps wire text byte for byte', () => {
		const sent = serializeRequest({ ...BASE, headers: [['Subject', '\xc3\xa4']] });
		expect(text(sent)).toContain('Subject: \xc3\xa4\r\n');
	});

	it('writes text that is no wire text as UTF-8, and leaves the other lines alone', () => {
		const headers = [
			['Subject', '大'],
			['X', '\xc3\xa4'],
		] as const;
		const sent = text(serializeRequest({ ...BASE, headers }));
		expect(sent).toContain('Subject: \xe5\xa4\xa7\r\nX: \xc3\xa4\r\n');
	});

	it.each([
		['CR in a value', { headers: [['To', 'a\rEvil: 1']] }],
		['LF in a value', { headers: [['To', 'a\nEvil: 1']] }],
		['NUL in a value', { headers: [['To', 'a\0']] }],
		['CRLF in a name', { headers: [['To\r\nEvil', 'a']] }],
		['a colon in a name', { headers: [['To:', 'a']] }],
		['a blank in the method', { method: 'REGISTER sip:b' }],
		['a line break in the Request-URI', { requestUri: 'sip:a\r\nEvil: 1' }],
		['a blank in the Request-URI', { requestUri: 'sip:a SIP/2.0' }],
		['an empty Request-URI', { requestUri: '' }],
	] as const)('is refused with %s', (_, overrides) => {
		expect(() => serializeRequest({ ...BASE, ...overrides })).toThrow(Error);
	});

	it('tells no value in the error, as it may be a secret', () => {
		const headers = [['Authorization', 's3cret\r\n']] as const;
		expect(() => serializeRequest({ ...BASE, headers })).toThrow(
			/^Authorization contains a line break or NUL$/,
		);
	});
});

describe('a response to be sent', () => {
	it('is refused with a line break in the reason phrase', () => {
		const response = { statusCode: 200, reasonPhrase: 'OK\r\nEvil: 1', headers: [] };
		expect(() => serializeResponse({ ...response, body: new Uint8Array() })).toThrow(Error);
	});
});
