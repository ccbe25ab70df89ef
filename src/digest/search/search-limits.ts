/** How far a search may go. Most faults are one change, nearly all others two. */
export interface SearchLimits {
	/** Responses computed. */
	readonly trials: number;
	readonly milliseconds: number;
	/** A clock in milliseconds; without one only the trials are counted. */
	readonly now: (() => number) | undefined;
	/** Changes tried together, at least 1. */
	readonly changes: number;
	/** Try slips of one character as well, a few thousand. */
	readonly typing: boolean;
}

export const DEFAULT_LIMITS: Omit<SearchLimits, 'now'> = {
	trials: 250_000,
	milliseconds: 2000,
	changes: 5,
	typing: true,
};

/** Trials between two looks at the clock. */
const CLOCK_EVERY = 1024;

/** Counts the trials of one search and says when to stop. */
export class TrialCounter {
	readonly #limits: SearchLimits;
	readonly #until: number;
	trials = 0;
	stoppedBy: 'trials' | 'time' | undefined;

	constructor(limits: SearchLimits) {
		this.#limits = limits;
		this.#until = (limits.now?.() ?? 0) + limits.milliseconds;
	}

	/** Counts one trial; false where no more may be made. */
	next(): boolean {
		if (this.stoppedBy !== undefined) return false;
		if (this.trials >= this.#limits.trials) this.stoppedBy = 'trials';
		else if (this.trials % CLOCK_EVERY === 0 && this.#isLate()) this.stoppedBy = 'time';
		else this.trials += 1;
		return this.stoppedBy === undefined;
	}

	#isLate(): boolean {
		return this.#limits.now !== undefined && this.#limits.now() > this.#until;
	}
}
