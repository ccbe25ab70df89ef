import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { proxyHeaderBytes } from '../../src/layers/proxy-protocol.js';
import { bytesOf } from '../support/packet-bytes.js';

const LINE = 'PROXY TCP4 192.0.2.10 198.51.100.5 40000 5060\r\n';
const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const BINARY = bytesOf(
	SIGNATURE,
	[0x21, 0x11, 0, 12],
	[192, 0, 2, 10, 198, 51, 100, 5, 1, 2, 3, 4],
);

describe('what a load balancer puts before a connection', () => {
	it.each([
		['a line of text', bytesOf(LINE), LINE.length],
		['a line for a client that nobody knows', bytesOf('PROXY UNKNOWN\r\n'), 15],
		['the binary form', BINARY, 28],
		['the binary form of a health check', bytesOf(SIGNATURE, [0x20, 0, 0, 0]), 16],
	])('is as long as it says: %s', (_name, header, length) => {
		expect(proxyHeaderBytes(bytesOf(header, 'REGISTER sip:example.com SIP/2.0\r\n'))).toBe(length);
		expect(proxyHeaderBytes(header)).toBe(length);
	});

	it.each([
		['nothing', ''],
		['the first byte of the line', 'P'],
		['a line without its end', LINE.slice(0, -1)],
		['a keep-alive, with which the signature begins', '\r\n\r\n'],
	])('is not known yet by %s', (_name, text) => {
		expect(proxyHeaderBytes(bytesOf(text))).toBeUndefined();
	});

	it.each([
		['SIP', bytesOf('REGISTER sip:example.com SIP/2.0\r\n')],
		['another request of SIP', bytesOf('PROXY sip:example.com SIP/2.0\r\n')],
		['a line that is too long', bytesOf('PROXY TCP4 ', 'x'.repeat(200))],
		['two keep-alives', bytesOf('\r\n\r\n\r\n\r\n')],
		['a length that no header has', bytesOf(SIGNATURE, [0x21, 0x11, 0xff, 0xff])],
		['a ClientHello', bytesOf([0x16, 3, 1, 0, 5])],
	])('is not there before %s', (_name, bytes) => {
		expect(proxyHeaderBytes(bytes)).toBe(0);
	});

	it('is never longer than is waited for', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 80 }), (rest) => {
				for (const bytes of [bytesOf(SIGNATURE, rest), bytesOf('PROXY ', rest)]) {
					const length = proxyHeaderBytes(bytes) ?? 0;
					expect(length).toBeGreaterThanOrEqual(0);
					expect(length).toBeLessThanOrEqual(1024);
				}
			}),
		);
	});
});
