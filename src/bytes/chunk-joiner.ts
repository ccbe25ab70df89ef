/**
 * Joins chunks of any size into runs of at least the wanted length. What a reader did not use of a run it gives back
 * with `keep`. Copies only what crosses a chunk's end, and every byte at most twice, also for chunks of one byte.
 */
export class ChunkJoiner {
	#parts: Buffer[] = [];
	#length = 0;

	/** Bytes held. */
	get length(): number {
		return this.#length;
	}

	/** Everything held as one run once that is `needed` bytes or more; undefined before. */
	push(chunk: Uint8Array, needed: number): Buffer | undefined {
		const part = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
		if (this.#length + part.length < needed) {
			// The producer may use its buffer again for the next chunk.
			if (part.length > 0) this.#parts.push(Buffer.from(part));
			this.#length += part.length;
			return undefined;
		}
		const run = this.#length === 0 ? part : Buffer.concat([...this.#parts, part]);
		this.#parts = [];
		this.#length = 0;
		return run;
	}

	/** Takes back the unused end of the run that `push` gave. */
	keep(rest: Uint8Array): void {
		if (rest.length === 0) return;
		this.#parts.push(Buffer.from(rest));
		this.#length += rest.length;
	}

	/**
	 * Gives a chunk to `take`, which pushes it here: first as much as completes what the last one ended in, so that the
	 * chunk itself is not copied. `needed` is asked anew for each piece; pieces that complete nothing grow, as a reader
	 * that is lost and asks for one byte more each time would go through the chunk byte by byte. False as soon as `take`
	 * wants no more.
	 */
	inPieces(chunk: Uint8Array, needed: () => number, take: (piece: Uint8Array) => boolean): boolean {
		let rest = chunk;
		for (let least = 1; ; least *= 2) {
			const missing = needed() - this.length;
			const size = Math.max(missing, least);
			if (this.length === 0 || missing <= 0 || rest.length <= size) break;
			if (!take(rest.subarray(0, size))) return false;
			rest = rest.subarray(size);
		}
		return take(rest);
	}
}
