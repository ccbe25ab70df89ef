import { constants, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteQueue } from '../../src/layers/byte-queue.js';
import { readHttpHead } from '../../src/layers/http-head.js';
import { WebSocketFrameReader } from '../../src/layers/websocket-frames.js';
import { WebSocketMessages } from '../../src/layers/websocket-messages.js';
import { webSocketFrame } from '../support/websocket-bytes.js';

const read = (...chunks: readonly Uint8Array[]) => {
	const reader = new WebSocketFrameReader();
	return { frames: chunks.flatMap((chunk) => reader.push(chunk)), isLost: reader.isLost };
};

describe('a WebSocket frame', () => {
	it.each([0, 5, 125, 126, 65_535, 65_536])('of %i bytes is read', (length) => {
		const bytes = webSocketFrame(Buffer.alloc(length, 'x'));
		const { frames } = read(bytes);
		expect(frames).toMatchObject([{ final: true, compressed: false, opcode: 1 }]);
		expect(frames[0]?.payload.length).toBe(length);
		expect(frames[0]?.length).toBe(bytes.length);
	});

	it('is unmasked', () => {
		const { frames } = read(webSocketFrame('hello', { mask: [1, 2, 3, 4] }));
		expect(Buffer.from(frames[0]?.payload ?? []).toString()).toBe('hello');
	});

	it('is the same in any chunks', () => {
		const stream = Buffer.concat([
			webSocketFrame('one', { mask: [9, 8, 7, 6] }),
			webSocketFrame('', { opcode: 9 }),
			webSocketFrame('x'.repeat(300), { final: false }),
		]);
		fc.assert(
			fc.property(fc.array(fc.nat(stream.length), { maxLength: 8 }), (cuts) => {
				const bounds = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
				const chunks = bounds.slice(1).map((end, index) => stream.subarray(bounds[index], end));
				expect(read(...chunks)).toEqual(read(stream));
			}),
		);
	});

	it.each([
		['a reserved opcode', [0x83, 0]],
		['a reserved bit', [0x91, 0]],
		['a length that no message has', [0x81, 127, 1, 0, 0, 0, 0, 0, 0, 0]],
	])('with %s is none', (_name, bytes) => {
		expect(read(Uint8Array.from(bytes))).toEqual({ frames: [], isLost: true });
	});

	it('is read from any bytes without a throw', () => {
		fc.assert(
			fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 }), (chunks) => {
				const messages = new WebSocketMessages(true);
				for (const frame of read(...chunks).frames) messages.push(frame);
				expect(messages.pendingBytes).toBeLessThan(1000);
			}),
		);
	});
});

describe('a WebSocket message', () => {
	const push = (messages: WebSocketMessages, ...frames: readonly Uint8Array[]) =>
		read(...frames).frames.flatMap((frame) => {
			const message = messages.push(frame);
			return message === undefined ? [] : [Buffer.from(message).toString()];
		});

	it('is joined from its fragments, control frames between them aside', () => {
		const list = push(
			new WebSocketMessages(false),
			webSocketFrame('one ', { final: false }),
			webSocketFrame('ping', { opcode: 9 }),
			webSocketFrame('two', { opcode: 0 }),
		);
		expect(list).toEqual(['one two']);
	});

	it('is inflated, and may refer to the one before', () => {
		const texts = ['REGISTER sip:example.com SIP/2.0', 'REGISTER sip:example.com SIP/2.0 again'];
		let dictionary = Buffer.alloc(0);
		const frames = texts.map((text) => {
			const options = dictionary.length > 0 ? { dictionary } : {};
			const flushed = { finishFlush: constants.Z_SYNC_FLUSH, ...options };
			const bytes = deflateRawSync(text, flushed).subarray(0, -4);
			dictionary = Buffer.concat([dictionary, Buffer.from(text)]);
			return webSocketFrame(bytes, { compressed: true });
		});
		expect(push(new WebSocketMessages(true), ...frames)).toEqual(texts);
	});

	it('that would inflate without end is let go', () => {
		const bomb = deflateRawSync(Buffer.alloc(2_000_000), { finishFlush: constants.Z_SYNC_FLUSH });
		const messages = new WebSocketMessages(true);
		expect(push(messages, webSocketFrame(bomb, { compressed: true }))).toEqual([]);
		expect(messages.lost).toBe(1);
	});

	it('of fragments without end is let go', () => {
		const messages = new WebSocketMessages(true);
		const large = 'x'.repeat(100_000);
		const frames = [1, 0, 0, 0].map((opcode) => webSocketFrame(large, { opcode, final: false }));
		push(messages, ...frames);
		expect([messages.lost, messages.pendingBytes < 262_144]).toEqual([1, true]);
	});
});

describe('an HTTP head', () => {
	const text = 'GET /ws HTTP/1.1\r\nUpgrade: websocket\r\nX-A: 1\r\nx-a: 2\r\n\r\n';

	it('is read with its fields, names in lower case', () => {
		const head = readHttpHead(Buffer.from(`${text}rest`));
		expect(head).toEqual({
			startLine: 'GET /ws HTTP/1.1',
			fields: new Map([
				['upgrade', 'websocket'],
				['x-a', '1, 2'],
			]),
			length: text.length,
		});
	});

	it('is incomplete without its empty line, and none beyond 16 KiB', () => {
		expect(readHttpHead(Buffer.from(text.slice(0, -1)))).toBe('incomplete');
		expect(readHttpHead(Buffer.alloc(16_384, 'x'))).toBeUndefined();
	});
});

describe('a byte queue', () => {
	it('gives back what was pushed, whatever was consumed between', () => {
		const step = fc.tuple(fc.uint8Array({ maxLength: 30 }), fc.nat(40));
		fc.assert(
			fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
				const queue = new ByteQueue();
				let model = Buffer.alloc(0);
				for (const [chunk, count] of steps) {
					queue.push(chunk);
					model = Buffer.concat([model, chunk]);
					queue.consume(count);
					model = model.subarray(Math.min(count, model.length));
					expect(Buffer.from(queue.bytes)).toEqual(Buffer.from(model));
				}
			}),
		);
	});
});
