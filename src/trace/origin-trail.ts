import type { PacketOrigin } from './packet-origin.js';

/** More packets than this for one message are not named. */
const MAX_PIECES = 4096;

/** Which packet carried which bytes of a stream, for as long as somebody may ask. */
export class OriginTrail {
	#pieces: { readonly start: number; readonly end: number; readonly origin: PacketOrigin }[] = [];
	#length = 0;

	/** The next `length` bytes came from this packet. */
	add(length: number, origin: PacketOrigin): void {
		const start = this.#length;
		this.#length += length;
		if (this.#pieces.length >= MAX_PIECES) this.#pieces.shift();
		this.#pieces.push({ start, end: this.#length, origin });
	}

	/** The packets that carried the bytes from `start` up to `end`, in order of the stream. */
	between(start: number, end: number): readonly PacketOrigin[] {
		return this.#pieces
			.filter((piece) => piece.start < end && piece.end > start)
			.map(({ origin }) => origin);
	}

	/** Nobody will ask for bytes before this any more. */
	forget(before: number): void {
		this.#pieces = this.#pieces.filter(({ end }) => end > before);
	}
}
