/* A text that is put together as bytes, out of what lies in a capture. */
import type { PlacedValues } from '../trace/placed-values.js';

/** Longer than any text that a digest of common length is made of; it grows where one is longer. */
const FIRST_BYTES = 512;

/** One is made and used again. */
export class ByteText {
	#room = new Uint8Array(FIRST_BYTES);
	#used = 0;
	/** Of the length that was asked for last, which is mostly the next one too. */
	#whole = this.#room.subarray(0, 0);

	clear(): void {
		this.#used = 0;
	}

	/** Adds a text in Latin-1: one character is one byte of the wire. */
	add(text: string): void {
		this.#grow(text.length);
		for (let at = 0; at < text.length; at += 1) this.#room[this.#used + at] = text.charCodeAt(at);
		this.#used += text.length;
	}

	/** Adds a value; nothing for number -1. */
	addValue(values: PlacedValues, value: number): void {
		if (value < 0) return;
		const { bytes } = values;
		const start = values.startOf(value);
		const length = values.endOf(value) - start;
		this.#grow(length);
		for (let at = 0; at < length; at += 1) this.#room[this.#used + at] = bytes[start + at] ?? 0;
		this.#used += length;
	}

	/** What was added; good until more is. */
	bytes(): Uint8Array {
		if (this.#whole.length !== this.#used) this.#whole = this.#room.subarray(0, this.#used);
		return this.#whole;
	}

	#grow(length: number): void {
		const needed = this.#used + length;
		if (needed <= this.#room.length) return;
		const larger = new Uint8Array(needed * 2);
		larger.set(this.#room);
		this.#room = larger;
		this.#whole = larger.subarray(0, 0);
	}
}

/** Whether a value is this lower-case hexadecimal text, in any case. */
export function isHex(values: PlacedValues, value: number, hex: string): boolean {
	if (value < 0) return false;
	const { bytes } = values;
	const start = values.startOf(value);
	if (values.endOf(value) - start !== hex.length) return false;
	for (let at = 0; at < hex.length; at += 1) {
		const byte = bytes[start + at] ?? 0;
		const isUpper = byte >= 0x41 && byte <= 0x46;
		if ((isUpper ? byte + 0x20 : byte) !== hex.charCodeAt(at)) return false;
	}
	return true;
}
