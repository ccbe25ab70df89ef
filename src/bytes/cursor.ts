import { type ByteOrder, u16In, u32In } from './integers.js';
import type { Malformed, Parsed } from './malformed.js';

const NOTHING = new Uint8Array(0);

/**
 * Reads a byte array from front to back. The first read that runs short is kept as the failure, reads after it give 0
 * and empty arrays, and `result` tells: so a reader is straight code and no exception flies.
 */
export class Cursor {
	readonly #bytes: Uint8Array;
	readonly #layer: string;
	readonly #limitedBy: string;
	readonly #order: ByteOrder;
	#offset = 0;
	#failure: Malformed | undefined;

	constructor(
		bytes: Uint8Array,
		layer: string,
		limitedBy = 'captured length',
		order: ByteOrder = 'big',
	) {
		this.#bytes = bytes;
		this.#layer = layer;
		this.#limitedBy = limitedBy;
		this.#order = order;
	}

	/** Bytes read so far. */
	get offset(): number {
		return this.#offset;
	}

	/** Bytes left; 0 once a read failed, so that a loop over them ends. */
	get remaining(): number {
		return this.#failure === undefined ? this.#bytes.length - this.#offset : 0;
	}

	get failed(): boolean {
		return this.#failure !== undefined;
	}

	u8(): number {
		return this.#advance(1) ? (this.#bytes[this.#offset - 1] ?? 0) : 0;
	}

	u16(): number {
		return this.#advance(2) ? u16In(this.#bytes, this.#offset - 2, this.#order) : 0;
	}

	u32(): number {
		return this.#advance(4) ? u32In(this.#bytes, this.#offset - 4, this.#order) : 0;
	}

	/** A view of the next `length` bytes; empty where there are fewer. */
	take(length: number): Uint8Array {
		return this.#advance(length)
			? this.#bytes.subarray(this.#offset - length, this.#offset)
			: NOTHING;
	}

	skip(length: number): void {
		this.#advance(length);
	}

	/** A view of everything left. */
	rest(): Uint8Array {
		return this.take(this.remaining);
	}

	/** Fails now unless `length` bytes are left, so that a header fails as a whole and not at one of its fields. */
	require(length: number): boolean {
		if (this.#failure !== undefined) return false;
		const available = this.#bytes.length - this.#offset;
		if (available >= length) return true;
		this.#failure = {
			layer: this.#layer,
			offset: this.#offset,
			problem: { kind: 'too-short', needed: length, available, limitedBy: this.#limitedBy },
		};
		return false;
	}

	/** The value that was read, or why it could not be. */
	result<T>(value: T): Parsed<T> {
		return this.#failure === undefined
			? { ok: true, value }
			: { ok: false, malformed: this.#failure };
	}

	#advance(length: number): boolean {
		if (!this.require(length)) return false;
		this.#offset += length;
		return true;
	}
}
