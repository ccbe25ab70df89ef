/*
 * The attempts of one dialogue that are kept, so many at most: of those that are alike the latest, with the number of
 * those before it.
 */
import { type DigestKind, type Run, shapeOf } from './attempt-shape.js';
import { STORM_MINIMUM } from './retry-storm.js';

/** Attempts that are kept although each differs from all others. */
const MAX_KEPT = 16;
/** Refreshes that come too late show in a row of three that it happens again and again. */
const IN_A_ROW = 3;

export interface Kept {
	readonly run: Run;
	readonly shape: Shape;
	readonly coarse: number;
	/** It ended with a 2xx. */
	readonly isAccepted: boolean;
	/** Seconds, where the registrar bound the phone. */
	readonly granted: number | undefined;
	/** How it followed the one before, as `followingOf` says. */
	readonly following: number;
	/** A failure soon after another: a storm shows in a row of them. */
	readonly isHasty: boolean;
	/** How many like it came before it and were let go. */
	repeated: number;
}

/** What `shapeOf` says of an attempt, once another one is held against it: most phones make one attempt, and others like it. */
export class Shape {
	readonly #following: number;
	readonly #checked: DigestKind;
	#run: Run | undefined;
	#value = 0;

	constructor(run: Run, following: number, checked: DigestKind) {
		this.#run = run;
		this.#following = following;
		this.#checked = checked;
	}

	isSame(other: Shape): boolean {
		return this === other || this.#known() === other.#known();
	}

	/** Another attempt is known to have it: the one before it need not be kept for that. */
	isAlsoOf(run: Run): void {
		if (this.#run !== undefined) this.#run = run;
	}

	#known(): number {
		if (this.#run !== undefined) this.#value = shapeOf(this.#run, this.#following, this.#checked);
		this.#run = undefined;
		return this.#value;
	}
}

/** Attempts in order; of those that are alike the latest, as long as none that ended otherwise lies between them. */
export class KeptAttempts {
	readonly #kept: Kept[] = [];

	list(): readonly Kept[] {
		return this.#kept;
	}

	/** The one that was added last. */
	last(): Kept | undefined {
		return this.#kept.at(-1);
	}

	/** One that is kept of this shape. */
	like(shape: Shape): Kept | undefined {
		return this.#kept.findLast((kept) => kept.shape.isSame(shape));
	}

	add(attempt: Kept): void {
		for (let at = this.#kept.length - 1; at >= 0; at -= 1) {
			const kept = this.#kept[at];
			// A phone that comes and goes is told by the order in which it does.
			if (kept === undefined || kept.isAccepted !== attempt.isAccepted) break;
			if (kept.shape.isSame(attempt.shape)) {
				this.#dropLike(at, kept, attempt);
				break;
			}
		}
		this.#kept.push(attempt);
		if (this.#kept.length > MAX_KEPT) this.#thin();
	}

	/**
	 * Lets go of the one at `at`, which the attempt that comes is like: where it takes a row of them to show that it is no
	 * accident, of the first in a row that is long enough.
	 */
	#dropLike(at: number, kept: Kept, attempt: Kept): void {
		const first = at + 1 - keptLike(attempt);
		const row = this.#kept.slice(Math.max(first, 0), at);
		if (first < 0 || !row.every(({ shape }) => shape.isSame(kept.shape))) return;
		this.#drop(first, row.length === 0 ? attempt : (this.#kept[first + 1] ?? attempt));
	}

	/**
	 * Lets go of the oldest that ended as a later one did: before all others of one that has none between them which ended
	 * otherwise, so that it still shows when the phone came and went. Of the oldest where all differ.
	 */
	#thin(): void {
		for (const isAnyBetween of [false, true]) {
			for (const at of this.#kept.keys()) {
				const alike = this.#laterLike(at, isAnyBetween);
				if (alike === undefined) continue;
				this.#drop(at, alike);
				return;
			}
		}
		const next = this.#kept[1];
		if (next !== undefined) this.#drop(0, next);
	}

	/** The next one that ended as the one at `at` did. */
	#laterLike(at: number, isAnyBetween: boolean): Kept | undefined {
		const kept = this.#kept[at];
		for (let next = at + 1; next < this.#kept.length; next += 1) {
			const later = this.#kept[next];
			if (later?.coarse === kept?.coarse) return later;
			if (!isAnyBetween && later?.isAccepted !== kept?.isAccepted) return undefined;
		}
		return undefined;
	}

	#drop(at: number, into: Kept): void {
		const [dropped] = this.#kept.splice(at, 1);
		into.repeated += 1 + (dropped?.repeated ?? 0);
	}
}

/** How many of those that are like it are kept, the last ones in a row. */
export function keptLike(kept: Kept): number {
	if (kept.isHasty) return STORM_MINIMUM;
	return isLate(kept) ? IN_A_ROW : 1;
}

/** A refresh that comes when the binding is over, or at once. */
function isLate({ following, granted }: Kept): boolean {
	return following !== 0 && granted !== undefined;
}
