/** A bound that many buffers share, so that neither one of them nor their number can fill the memory. */
export class ByteBudget {
	readonly #limit: number;
	#used = 0;

	constructor(limit: number) {
		this.#limit = limit;
	}

	/** Takes `bytes` of the budget; false, and nothing taken, where that many are not left. */
	take(bytes: number): boolean {
		if (this.#used + bytes > this.#limit) return false;
		this.#used += bytes;
		return true;
	}

	give(bytes: number): void {
		this.#used = Math.max(0, this.#used - bytes);
	}
}
