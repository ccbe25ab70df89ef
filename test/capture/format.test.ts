import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaptureError } from '../../src/capture/capture-error.js';
import { recogniseFormat } from '../../src/capture/format.js';
import { readAll } from '../support/capture-bytes.js';
import { bytesOf } from '../support/packet-bytes.js';

describe('the format of a file', () => {
	const refused = [
		['an empty file', Buffer.alloc(0), 'empty-file', /no bytes/],
		['a text file', Buffer.from('REGISTER sip:example.com SIP/2.0\r\n'), 'text-file', /text file/],
		['a text file of two bytes', Buffer.from('hi'), 'text-file', /text file/],
		['a UTF-16 text file', bytesOf([0xff, 0xfe], 'h\0i\0'), 'text-file', /text file/],
		['gzip within gzip', gzipSync(gzipSync('x')), 'compressed', /gzip/],
		['a gzip file of text', gzipSync('x'), 'text-file', /text/],
		['a zstd file', Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), 'compressed', /zstd/],
		['a ZIP archive', bytesOf('PK', [3, 4]), 'compressed', /ZIP/],
		['a snoop file', bytesOf('snoop', [0, 0, 0]), 'unsupported-format', /snoop/],
		['other bytes', Buffer.from('00010203', 'hex'), 'not-a-capture', /begins with 00010203/],
	] as const;
	it.each(refused)('tells %s by its first bytes', async (_name, bytes, code, message) => {
		await expect(readAll(bytes, 1)).rejects.toMatchObject({
			name: 'CaptureError',
			code,
			message: expect.stringMatching(message),
			suggestion: expect.stringMatching(/./),
		});
	});

	it('is one of two, or a clear error, for any bytes', () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 64 }), (head) => {
				const format = recogniseFormat(head);
				expect(format instanceof CaptureError || /^pcap(ng)?$/.test(format)).toBe(true);
			}),
		);
	});
});
