/*
 * How long a NAT keeps a mapping that is silent (RFC 4787 §4.3), from trials that were each silent for another time:
 * alive after 25 s and gone after 35 s means somewhere between. Only pure reckoning.
 */

/** One port that was silent for so long. */
export interface LifetimeTrial {
	/** Seconds. */
	readonly silence: number;
	/** `unknown`: no answer to go by. */
	readonly result: 'alive' | 'expired' | 'unknown';
}

export type Lifetime =
	/** Alive after `low` seconds, gone after `high`. */
	| { readonly kind: 'between'; readonly low: number; readonly high: number }
	| { readonly kind: 'at-least'; readonly low: number }
	| { readonly kind: 'at-most'; readonly high: number }
	| { readonly kind: 'cannot-tell' };

/**
 * The interval. An answer that came through proves its mapping alive, one that did not come may have been lost: where
 * they contradict each other, the longest that was alive counts.
 */
export function lifetimeOf(trials: readonly LifetimeTrial[]): Lifetime {
	const alive = trials.filter(({ result }) => result === 'alive').map(({ silence }) => silence);
	const low = alive.length === 0 ? 0 : Math.max(...alive);
	const gone = trials
		.filter(({ result, silence }) => result === 'expired' && silence > low)
		.map(({ silence }) => silence);
	const high = gone.length === 0 ? undefined : Math.min(...gone);
	if (high === undefined) return low === 0 ? { kind: 'cannot-tell' } : { kind: 'at-least', low };
	return low === 0 ? { kind: 'at-most', high } : { kind: 'between', low, high };
}

/** Beside the lifetimes that routers have (30, 60, 120, 180, 300 s), so that each falls between two of them. */
const SILENCES = [15, 25, 35, 55, 70, 100, 130, 170, 200, 290];

/** How long each of the parallel ports is silent, seconds, ascending; none longer than `max`. */
export function silencesUpTo(max: number): readonly number[] {
	const fitting = SILENCES.filter((silence) => silence < max);
	return [...fitting.slice(0, SILENCES.length - 1), max];
}

/** RFC 5626 §4.4.1: over UDP no more than 29 s. */
const LONGEST_KEEPALIVE = 29;

/** Seconds between keep-alives that a mapping of this lifetime needs; undefined where it is not known. */
export function keepAliveFor(lifetime: Lifetime): number | undefined {
	switch (lifetime.kind) {
		case 'between':
		case 'at-least':
			return Math.min(LONGEST_KEEPALIVE, Math.floor(lifetime.low * 0.8));
		case 'at-most':
			return Math.max(1, Math.floor(lifetime.high / 2));
		case 'cannot-tell':
			return undefined;
	}
}

export function lifetimeWords(lifetime: Lifetime): string {
	switch (lifetime.kind) {
		case 'between':
			return `between ${lifetime.low} and ${lifetime.high} s`;
		case 'at-least':
			return `at least ${lifetime.low} s`;
		case 'at-most':
			return `less than ${lifetime.high} s`;
		case 'cannot-tell':
			return 'not known';
	}
}
