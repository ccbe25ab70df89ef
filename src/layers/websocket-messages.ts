/* WebSocket messages of one direction: fragments joined (RFC 6455 §5.4), permessage-deflate undone (RFC 7692). */
import { constants, inflateRawSync } from 'node:zlib';
import { OPCODE, type WebSocketFrame } from './websocket-frames.js';

/** Bounds of a message, before and after it is inflated: deflate can make a thousand bytes of one. */
const MAX_MESSAGE = 262_144;
const MAX_FRAGMENTS = 1024;
/** RFC 1951 §3.2.5: no reference reaches further back. */
const WINDOW = 32_768;
/** RFC 7692 §7.2.2: what the sender took off. */
const TAIL = Uint8Array.of(0, 0, 0xff, 0xff);

export class WebSocketMessages {
	readonly #keepsContext: boolean;
	#window = Buffer.alloc(0);
	#parts: Uint8Array[] = [];
	#size = 0;
	#compressed = false;
	/** Messages that could not be inflated or were too large. */
	lost = 0;

	/** `keepsContext`: a compressed message may refer to those before it (RFC 7692 §7.1.1). */
	constructor(keepsContext: boolean) {
		this.#keepsContext = keepsContext;
	}

	/** Bytes kept: fragments of a message, and what later ones may refer to. */
	get pendingBytes(): number {
		return this.#size + this.#window.length;
	}

	/** The message that a data frame completes; control frames stand between fragments and are none of it. */
	push(frame: WebSocketFrame): Uint8Array | undefined {
		if (frame.opcode > OPCODE.binary) return undefined;
		if (frame.opcode !== OPCODE.continuation) {
			this.#parts = [];
			this.#size = 0;
			this.#compressed = frame.compressed;
		}
		this.#parts.push(frame.payload);
		this.#size += frame.payload.length;
		if (this.#size > MAX_MESSAGE || this.#parts.length > MAX_FRAGMENTS) {
			this.lost += 1;
			this.#parts = [];
			this.#size = 0;
			return undefined;
		}
		if (!frame.final) return undefined;
		const bytes = Buffer.concat(this.#parts);
		this.#parts = [];
		this.#size = 0;
		return this.#compressed ? this.#inflate(bytes) : bytes;
	}

	#inflate(bytes: Uint8Array): Uint8Array | undefined {
		try {
			const inflated = inflateRawSync(Buffer.concat([bytes, TAIL]), {
				finishFlush: constants.Z_SYNC_FLUSH,
				maxOutputLength: MAX_MESSAGE,
				...(this.#window.length > 0 && { dictionary: this.#window }),
			});
			if (this.#keepsContext) {
				this.#window = Buffer.from(Buffer.concat([this.#window, inflated]).subarray(-WINDOW));
			}
			return inflated;
		} catch {
			this.lost += 1;
			return undefined;
		}
	}
}
