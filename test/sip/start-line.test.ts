import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { looksLikeSip } from '../../src/sip/start-line.js';
import { bytes } from './message-text.js';

const looks = (text: string) => looksLikeSip(bytes(text));

describe('recognising SIP', () => {
	it.each([
		['a request', 'REGISTER sip:example.com SIP/2.0\r\n'],
		['a request without line end', 'REGISTER sip:example.com SIP/2.0'],
		['any token as a method', "!x-%.~'` sip:a SIP/2.0\r\n"],
		['a status line', 'SIP/2.0 200 OK\r\n'],
		['an empty reason phrase', 'SIP/2.0 100 \r\n'],
		['a status line without a reason or a blank', 'SIP/2.0 100\r\n'],
		['any case of the version', 'sip/2.0 200 OK\r\n'],
		['another version', 'OPTIONS sip:a SIP/7.0\r\n'],
		['leading CRLF', '\r\n\r\nSIP/2.0 200 OK\r\n'],
		['LF line ends', 'REGISTER sip:example.com SIP/2.0\nVia: x\n'],
		['blanks at the end of the request line', 'REGISTER sip:a SIP/2.0  \r\n'],
		['blanks within the Request-URI', 'INVITE sip:a; lr SIP/2.0\r\n'],
	])('sees %s', (_, text) => {
		expect(looks(text)).toBe(true);
	});

	it.each([
		['nothing', ''],
		['a keep-alive', '\r\n\r\n'],
		['HTTP', 'GET /sip HTTP/1.1\r\nHost: a\r\n\r\n'],
		['an HTTP response', 'HTTP/1.1 200 OK\r\n'],
		['RTSP', 'OPTIONS rtsp://a/b RTSP/1.0\r\n'],
		['a method alone', 'REGISTER\r\n'],
		['a request without URI', 'REGISTER SIP/2.0\r\n'],
		['a version alone', 'SIP/2.0\r\n'],
		['a version without a minor number', 'REGISTER sip:a SIP/2\r\n'],
		['words', 'this is about SIP/2.0 and more\r\n'],
		['a start-line further down', 'x\r\nSIP/2.0 200 OK\r\n'],
		['a SIP fragment of binary', '\x00\x01SIP/2.0 200 OK'],
		['a request behind a binary header', 'E \x00\x1c\x11REGISTER sip:a SIP/2.0\r\n'],
		['a line that is too long', `REGISTER sip:${'a'.repeat(9000)} SIP/2.0\r\n`],
	])('does not see SIP in %s', (_, text) => {
		expect(looks(text)).toBe(false);
	});

	it('never throws on any bytes', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 200 }), (data) => {
				expect(typeof looksLikeSip(data)).toBe('boolean');
			}),
		);
	});
});
