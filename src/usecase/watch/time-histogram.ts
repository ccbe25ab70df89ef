/** Each bucket ends 2 % above the one before: a millisecond to an hour in some seven hundred of them. */
const STEP = Math.log(1.02);

/** Times counted by their size, so that months of them take one small table; quantiles are right to 2 %. */
export class TimeHistogram {
	readonly #counts = new Map<number, number>();
	#total = 0;

	/** Milliseconds; those that a clock set back made negative are nothing. */
	add(ms: number): void {
		if (!(ms >= 0)) return;
		const bucket = Math.round(Math.log(Math.min(ms, 3_600_000) + 1) / STEP);
		this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + 1);
		this.#total += 1;
	}

	/** Undefined where nothing was counted. `part` from 0 to 1. */
	quantile(part: number): number | undefined {
		if (this.#total === 0) return undefined;
		let left = Math.ceil(part * this.#total);
		const ordered = [...this.#counts].toSorted(([a], [b]) => a - b);
		for (const [bucket, count] of ordered) {
			left -= count;
			if (left <= 0) return Math.round((Math.exp(bucket * STEP) - 1) * 10) / 10;
		}
		return undefined;
	}
}
