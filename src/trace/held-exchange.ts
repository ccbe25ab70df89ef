/* The frames of one exchange, copied out of the capture, with where their messages and fresh values lie. */
import type { Frame } from '../capture/frame.js';
import type { RawFrame } from '../capture/frame-reader.js';
import type { PlainUdp } from '../layers/plain-udp.js';
import type { Instant } from '../time/instant.js';
import type { PlacedValues } from './placed-values.js';

/** For values that grow, a sequence number by a digit or a nonce by some. */
const GROWTH = 64;

/** And for other phones of the same form. */
const SLACK = 2 * GROWTH;

/** A challenge with provisional answers is six messages; longer exchanges are told. */
export const MAX_MESSAGES = 8;

/** What goes over UDP is seldom longer, as it would be fragmented (RFC 3261 §18.1.1). */
export const MAX_FRAME_BYTES = 2_048;

/** A message has some six of them. */
export const MAX_VALUES = 128;

/** Offsets of a SIP message in the bytes of its frame. */
export type PayloadPlace = Pick<PlainUdp, 'payload' | 'end'>;

/** Of each message: offsets of its frame, of its payload, behind its payload, behind its frame; link type; interface. */
const PLACES = 6;

export class HeldExchange implements PlacedValues {
	readonly bytes: Uint8Array;
	/** Of the same bytes. */
	readonly view: DataView;
	/** By value: start and end. */
	readonly values: Int32Array;
	readonly #places: Int32Array;
	/** Of each message: frame number and time. */
	readonly #facts: Float64Array;
	readonly #messages: number;
	/** Messages held. */
	count = 0;
	/** Offset at which the next frame will lie. */
	used = 0;

	/** For as many messages and values, in frames of about `size` bytes altogether. */
	constructor(size: number, messages: number, values: number) {
		// Thousands of phones are held at a time, and an array of its own for each number would take more than the frames.
		const numbers = new Int32Array(values * 2 + messages * PLACES);
		this.bytes = new Uint8Array(size + SLACK);
		this.view = new DataView(this.bytes.buffer);
		this.values = numbers.subarray(0, values * 2);
		this.#places = numbers.subarray(values * 2);
		this.#facts = new Float64Array(messages * 2);
		this.#messages = messages;
	}

	/** Whether an exchange of about this size will find room. */
	isRoomFor(size: number): boolean {
		return this.bytes.length >= size + GROWTH;
	}

	clear(): void {
		this.count = 0;
		this.used = 0;
	}

	/** Copies a frame; false where it is too long, or where there is no room. */
	add(frame: RawFrame, place: PayloadPlace): boolean {
		const { count, used } = this;
		const { bytes, start, end } = frame;
		const size = end - start;
		if (size > MAX_FRAME_BYTES || used + size > this.bytes.length) return false;
		if (count >= this.#messages) return false;
		const shift = used - start;
		this.bytes.set(bytes.subarray(start, end), used);
		const at = count * PLACES;
		this.#places[at] = used;
		this.#places[at + 1] = place.payload + shift;
		this.#places[at + 2] = place.end + shift;
		this.#places[at + 3] = end + shift;
		this.#places[at + 4] = frame.linkType;
		this.#places[at + 5] = frame.interfaceId;
		this.#facts[count * 2] = frame.number;
		this.#facts[count * 2 + 1] = frame.at;
		this.used = end + shift;
		this.count = count + 1;
		return true;
	}

	/** Lets go of the frame that was added last. */
	removeLast(): void {
		this.count -= 1;
		this.used = this.#places[this.count * PLACES] ?? 0;
	}

	/** Offset of a message in `bytes`, and of what is behind it. */
	payload(message: number): number {
		return this.#places[message * PLACES + 1] ?? 0;
	}

	payloadEnd(message: number): number {
		return this.#places[message * PLACES + 2] ?? 0;
	}

	/** When a message was seen. */
	at(message: number): Instant {
		return this.#facts[message * 2 + 1] ?? 0;
	}

	/** Wireshark's number of the frame of a message. */
	frame(message: number): number {
		return this.#facts[message * 2] ?? 0;
	}

	/** The frames as the capture's reader would have given them; copies. */
	frames(): readonly Frame[] {
		return Array.from({ length: this.count }, (_, message) => {
			const [start, , , end, linkType = 0, interfaceId = 0] = this.#places.subarray(
				message * PLACES,
			);
			const bytes = this.bytes.slice(start, end);
			return {
				number: this.frame(message),
				at: this.at(message),
				linkType,
				interfaceId,
				bytes,
				originalLength: bytes.length,
				direction: undefined,
				comments: [],
			};
		});
	}
}
