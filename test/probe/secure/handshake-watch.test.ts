import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HandshakeWatch } from '../../../src/probe/secure/handshake-watch.js';

function watched(...chunks: readonly (Uint8Array | string)[]): HandshakeWatch {
	const watch = new HandshakeWatch();
	for (const chunk of chunks) watch.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
	return watch;
}

describe('the watch over a handshake', () => {
	it('keeps the start of an answer that is no TLS', () => {
		const { foreign } = watched(`SIP/2.0 400 Bad Request\r\n${'x'.repeat(100)}`);
		expect(foreign).toHaveLength(64);
		expect(foreign).toMatch(/^SIP\/2\.0 400/);
	});

	it('keeps an alert in the clear, in whatever pieces it comes', () => {
		const alert = [21, 3, 3, 0, 2, 2, 40];
		const pieces = alert.map((byte) => Uint8Array.of(byte));
		expect(watched(...pieces).alert).toEqual({ level: 2, description: 40 });
	});

	it('sees that TLS 1.2 asks for a certificate of the client', () => {
		const message = [13, 0, 0, 1, 0];
		const record = Uint8Array.from([22, 3, 3, 0, message.length, ...message]);
		expect(watched(record).certificateRequested).toBe(true);
	});

	it('never throws on any bytes', () => {
		fc.assert(
			fc.property(fc.array(fc.uint8Array()), (chunks) => {
				expect(watched(...chunks).foreign?.length ?? 0).toBeLessThanOrEqual(64);
			}),
		);
	});
});
