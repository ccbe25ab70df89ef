/* The frames of one exchange, copied out of the capture, with where their messages and fresh values lie. */
import type { Frame } from '../capture/frame.js';
import type { RawFrame } from '../capture/frame-reader.js';
import type { PlainUdp } from '../layers/plain-udp.js';
import type { Instant } from '../time/instant.js';

/** Room for values that grow: a sequence number by a digit, a nonce by some. */
const SLACK = 64;

/** Offsets of a SIP message in the bytes of its frame. */
export type PayloadPlace = Pick<PlainUdp, 'payload' | 'end'>;

export class HeldExchange {
	readonly bytes: Uint8Array;
	/** By message: offsets of its payload and of what is behind it. */
	readonly payloads: Int32Array;
	readonly payloadEnds: Int32Array;
	/** By value: start and end. */
	readonly values: Int32Array;
	/** By message: offsets of its frame and of what is behind it. */
	readonly #frames: Int32Array;
	readonly #frameEnds: Int32Array;
	readonly #numbers: Float64Array;
	readonly #times: Float64Array;
	readonly #links: Int32Array;
	readonly #interfaces: Int32Array;
	/** Messages held. */
	count = 0;
	/** Offset at which the next frame will lie. */
	used = 0;

	/** For as many messages and values, in frames of `size` bytes altogether. */
	constructor(size: number, messages: number, values: number) {
		this.bytes = new Uint8Array(size + messages * SLACK);
		this.payloads = new Int32Array(messages);
		this.payloadEnds = new Int32Array(messages);
		this.values = new Int32Array(values * 2);
		this.#frames = new Int32Array(messages);
		this.#frameEnds = new Int32Array(messages);
		this.#numbers = new Float64Array(messages);
		this.#times = new Float64Array(messages);
		this.#links = new Int32Array(messages);
		this.#interfaces = new Int32Array(messages);
	}

	clear(): void {
		this.count = 0;
		this.used = 0;
	}

	/** Copies a frame; false where there is no room. */
	add(frame: RawFrame, place: PayloadPlace): boolean {
		const { count, used } = this;
		const { bytes, start, end } = frame;
		if (used + end - start > this.bytes.length || count >= this.payloads.length) return false;
		const shift = used - start;
		this.bytes.set(bytes.subarray(start, end), used);
		this.#frames[count] = used;
		this.#frameEnds[count] = end + shift;
		this.payloads[count] = place.payload + shift;
		this.payloadEnds[count] = place.end + shift;
		this.#numbers[count] = frame.number;
		this.#times[count] = frame.at;
		this.#links[count] = frame.linkType;
		this.#interfaces[count] = frame.interfaceId;
		this.used = end + shift;
		this.count = count + 1;
		return true;
	}

	/** Lets go of the frame that was added last. */
	removeLast(): void {
		this.count -= 1;
		this.used = this.#frames[this.count] ?? 0;
	}

	/** When a message was seen. */
	at(message: number): Instant {
		return this.#times[message] ?? 0;
	}

	/** When each message was seen. */
	times(): ArrayLike<Instant> {
		return this.#times;
	}

	/** The text of a value. */
	value(index: number): string {
		return this.#text(this.values[index * 2] ?? 0, this.values[index * 2 + 1] ?? 0);
	}

	/** The text of a message. */
	message(index: number): string {
		return this.#text(this.payloads[index] ?? 0, this.payloadEnds[index] ?? 0);
	}

	/** The frames as the capture's reader would have given them; copies. */
	frames(): readonly Frame[] {
		return Array.from({ length: this.count }, (_, index) => {
			const bytes = this.bytes.slice(this.#frames[index], this.#frameEnds[index]);
			return {
				number: this.#numbers[index] ?? 0,
				at: this.at(index),
				linkType: this.#links[index] ?? 0,
				interfaceId: this.#interfaces[index] ?? 0,
				bytes,
				originalLength: bytes.length,
				direction: undefined,
				comments: [],
			};
		});
	}

	#text(start: number, end: number): string {
		const { buffer, byteOffset } = this.bytes;
		return Buffer.from(buffer, byteOffset + start, end - start).toString('latin1');
	}
}
