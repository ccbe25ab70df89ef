/**
 * Bytes that wait for more: pushed behind, consumed in front. Each byte is copied a bounded number of times, however
 * small the chunks are.
 */
export class ByteQueue {
	#buffer = new Uint8Array(0);
	#start = 0;
	#end = 0;

	get length(): number {
		return this.#end - this.#start;
	}

	/** A view of everything that waits, valid until the next call of `push`. */
	get bytes(): Uint8Array {
		return this.#buffer.subarray(this.#start, this.#end);
	}

	push(chunk: Uint8Array): void {
		const needed = this.length + chunk.length;
		if (this.#end + chunk.length > this.#buffer.length) {
			// In place only where that frees half of the room: else a byte could be moved again and again.
			const isRoomy = needed * 2 <= this.#buffer.length;
			const room = isRoomy ? this.#buffer : new Uint8Array(needed * 2);
			room.set(this.bytes);
			this.#buffer = room;
			this.#end -= this.#start;
			this.#start = 0;
		}
		this.#buffer.set(chunk, this.#end);
		this.#end += chunk.length;
	}

	consume(count: number): void {
		this.#start = Math.min(this.#end, this.#start + count);
		if (this.#start === this.#end) this.clear();
	}

	/** Lets go of everything, and of the room it took. */
	clear(): void {
		this.#buffer = new Uint8Array(0);
		this.#start = 0;
		this.#end = 0;
	}
}
