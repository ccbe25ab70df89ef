/* WebSocket frames (RFC 6455 §5.2) of one direction, from a stream in any chunks. */
import { u16At, u32At } from '../bytes/integers.js';
import { ByteQueue } from './byte-queue.js';

export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface WebSocketFrame {
	readonly final: boolean;
	/** RSV1: the message is compressed (RFC 7692 §6). */
	readonly compressed: boolean;
	readonly opcode: number;
	/** Unmasked, a copy. */
	readonly payload: Uint8Array;
	/** Bytes of the frame on the wire, header included. */
	readonly length: number;
}

/** What is known of a frame before all of it is there. */
export interface WebSocketFrameStart {
	readonly opcode: number;
	/** Of a client; a server never masks (RFC 6455 §5.1). */
	readonly isMasked: boolean;
	/** Unmasked, a copy: as much of the payload as the bytes have. */
	readonly payload: Uint8Array;
	/** Bytes that the payload has when it is whole. */
	readonly payloadLength: number;
}

/** The frame that begins here, if one does; compressed ones are none. At most `limit` bytes of payload. */
export function webSocketFrameStart(
	bytes: Uint8Array,
	limit: number,
): WebSocketFrameStart | undefined {
	const [first = 0, second = 0] = bytes;
	const opcode = first & 0x0f;
	if ((first & 0x70) !== 0 || opcode > OPCODE.pong) return undefined;
	const size = lengthOf(bytes, second & 0x7f);
	if (size === 'incomplete' || size.length > MAX_PAYLOAD) return undefined;
	const isMasked = (second & 0x80) !== 0;
	const start = size.end + (isMasked ? 4 : 0);
	const end = start + Math.min(size.length, limit);
	const payload = Uint8Array.from(bytes.subarray(start, end));
	if (isMasked) unmask(payload, bytes.subarray(size.end, start));
	return { opcode, isMasked, payload, payloadLength: size.length };
}

/** A SIP message is far smaller; nothing that is larger is kept. */
const MAX_PAYLOAD = 262_144;

export class WebSocketFrameReader {
	readonly #queue = new ByteQueue();
	/** True once the bytes cannot be a frame; nothing is read any more. */
	isLost = false;

	/** Bytes of a frame that is not complete. */
	get pendingBytes(): number {
		return this.#queue.length;
	}

	/** The frames that are complete by now. */
	push(chunk: Uint8Array): readonly WebSocketFrame[] {
		if (this.isLost) return [];
		const frames: WebSocketFrame[] = [];
		this.#queue.push(chunk);
		for (;;) {
			const frame = readFrame(this.#queue.bytes);
			if (frame === 'incomplete') return frames;
			if (frame === undefined) {
				this.isLost = true;
				this.#queue.clear();
				return frames;
			}
			frames.push(frame);
			this.#queue.consume(frame.length);
		}
	}
}

function readFrame(bytes: Uint8Array): WebSocketFrame | 'incomplete' | undefined {
	if (bytes.length < 2) return 'incomplete';
	const [first = 0, second = 0] = bytes;
	const opcode = first & 0x0f;
	// RFC 6455 §5.2: reserved bits without an extension that defines them fail the connection; so do reserved opcodes.
	if ((first & 0x30) !== 0 || (opcode > 2 && opcode < 8) || opcode > 10) return undefined;
	const size = lengthOf(bytes, second & 0x7f);
	if (size === 'incomplete') return 'incomplete';
	if (size.length > MAX_PAYLOAD) return undefined;
	const isMasked = (second & 0x80) !== 0;
	const start = size.end + (isMasked ? 4 : 0);
	const length = start + size.length;
	if (bytes.length < length) return 'incomplete';
	const payload = Uint8Array.from(bytes.subarray(start, length));
	if (isMasked) unmask(payload, bytes.subarray(size.end, start));
	return { final: (first & 0x80) !== 0, compressed: (first & 0x40) !== 0, opcode, payload, length };
}

function lengthOf(
	bytes: Uint8Array,
	short: number,
): { readonly length: number; readonly end: number } | 'incomplete' {
	if (short < 126) return { length: short, end: 2 };
	const end = short === 126 ? 4 : 10;
	if (bytes.length < end) return 'incomplete';
	if (short === 126) return { length: u16At(bytes, 2), end };
	return { length: u32At(bytes, 2) * 0x1_0000_0000 + u32At(bytes, 6), end };
}

function unmask(payload: Uint8Array, key: Uint8Array): void {
	for (let at = 0; at < payload.length; at += 1) {
		payload[at] = (payload[at] ?? 0) ^ (key[at & 3] ?? 0);
	}
}
