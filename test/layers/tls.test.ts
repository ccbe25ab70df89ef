import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { certificateFacts } from '../../src/layers/tls-certificate.js';
import {
	parseCertificateList,
	parseClientHello,
	parseServerHello,
	versionName,
} from '../../src/layers/tls-handshake.js';
import { HandshakeReader, TlsRecordReader } from '../../src/layers/tls-records.js';
import { bytesOf } from '../support/packet-bytes.js';
import { clientHello, extension, handshake, record, serverHello } from '../support/tls-bytes.js';

describe('a ClientHello', () => {
	it('tells the server name and the highest version offered', () => {
		const versions = extension(43, [4, 0x03, 0x04, 0x03, 0x03]);
		const body = clientHello({ serverName: 'pbx.example.com', extensions: [versions] });
		expect(parseClientHello(body)).toEqual({
			ok: true,
			value: { serverName: 'pbx.example.com', offeredVersion: 'TLS 1.3' },
		});
	});

	it('without extensions offers its own version', () => {
		expect(parseClientHello(clientHello({ version: 0x0301, bare: true }))).toMatchObject({
			value: { serverName: undefined, offeredVersion: 'TLS 1.0' },
		});
	});

	it('may offer versions that are none, to test the server', () => {
		const versions = extension(43, [4, 0xfa, 0xfa, 0x03, 0x03]);
		expect(parseClientHello(clientHello({ extensions: [versions] }))).toMatchObject({
			value: { offeredVersion: 'TLS 1.2' },
		});
	});

	it('that ends early fails', () => {
		const body = clientHello({ bare: true });
		for (let length = 0; length < body.length; length += 1) {
			expect(parseClientHello(body.subarray(0, length)).ok).toBe(false);
		}
	});
});

describe('a ServerHello', () => {
	it('tells the version chosen', () => {
		expect(parseServerHello(serverHello())).toEqual({ ok: true, value: 'TLS 1.2' });
	});

	it('tells TLS 1.3 in its extension', () => {
		const body = serverHello([extension(43, [3, 4])]);
		expect(parseServerHello(body)).toEqual({ ok: true, value: 'TLS 1.3' });
	});
});

describe('TLS versions', () => {
	it('have names', () => {
		const names = [0x0300, 0x0301, 0x0303, 0x0304, 0x7f1c].map(versionName);
		expect(names).toEqual(['SSL 3.0', 'TLS 1.0', 'TLS 1.2', 'TLS 1.3', '0x7f1c']);
	});
});

describe('TLS records', () => {
	const stream = bytesOf(
		record(22, handshake(1, clientHello({ serverName: 'a.example' }))),
		record(20, [1]),
		record(21, [2, 48]),
	);

	it('are the same in any chunks', () => {
		fc.assert(
			fc.property(fc.array(fc.nat(stream.length), { maxLength: 8 }), (cuts) => {
				const bounds = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
				const reader = new TlsRecordReader();
				const types = bounds
					.slice(1)
					.flatMap((end, index) => reader.push(stream.subarray(bounds[index], end)))
					.map(({ type }) => type);
				expect(types).toEqual([22, 20, 21]);
			}),
		);
	});

	it.each([
		['text', Buffer.from('SIP/2.0 400 Bad Request')],
		['a record longer than any', Buffer.of(22, 3, 1, 0xff, 0xff)],
	])('are none in %s', (_name, bytes) => {
		const reader = new TlsRecordReader();
		expect([reader.push(bytes), reader.isForeign]).toEqual([[], true]);
	});

	it('may cut a handshake message, or hold several', () => {
		const messages = bytesOf(handshake(2, serverHello()), handshake(14, Buffer.alloc(0)));
		const reader = new HandshakeReader();
		const types = [messages.subarray(0, 10), messages.subarray(10)]
			.flatMap((fragment) => reader.push(fragment))
			.map(({ type }) => type);
		expect(types).toEqual([2, 14]);
	});
});

describe('a handshake message of any bytes', () => {
	it('never makes a reader throw', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 120 }), (bytes) => {
				expect(typeof parseClientHello(bytes).ok).toBe('boolean');
				expect(typeof parseServerHello(bytes).ok).toBe('boolean');
				const certificates = parseCertificateList(bytes).map(certificateFacts);
				expect(certificates.every((facts) => facts === undefined)).toBe(true);
				const reader = new TlsRecordReader();
				const handshakes = new HandshakeReader();
				for (const { fragment } of reader.push(bytes)) handshakes.push(fragment);
				expect(handshakes.pendingBytes).toBeLessThanOrEqual(120);
			}),
		);
	});
});
