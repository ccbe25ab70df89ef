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

/** What one buffer holds of a budget. */
export class BudgetShare {
	readonly #budget: ByteBudget;
	#held = 0;

	constructor(budget: ByteBudget) {
		this.#budget = budget;
	}

	/** Holds `bytes` from now on, more or fewer than before; false, and nothing held, where they are not left. */
	hold(bytes: number): boolean {
		this.#budget.give(this.#held);
		const isTaken = this.#budget.take(bytes);
		this.#held = isTaken ? bytes : 0;
		return isTaken;
	}
}
