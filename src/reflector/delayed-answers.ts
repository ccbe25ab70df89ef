/*
 * Answers that wait, for lifetimes of NAT mappings: bounded in all and for each source. A request that comes again while
 * its answer waits, or shortly after, changes nothing: it is answered once.
 */

/** In all, and of one source. */
const MAX_WAITING = 1000;
const MAX_WAITING_EACH = 64;
/** Timer F (RFC 3261 §17.1.2.2): copies come so long. */
const REMEMBERED_MS = 32_000;

/** Calls `action` once after `ms`; the returned function cancels it. */
export type After = (ms: number, action: () => void) => () => void;

export class DelayedAnswers {
	readonly #after: After;
	readonly #waiting = new Map<string, () => void>();
	readonly #bySource = new Map<string, number>();

	constructor(after: After) {
		this.#after = after;
	}

	/** Requests that are known, waiting or answered of late. */
	get size(): number {
		return this.#waiting.size;
	}

	/** `key` tells the request among those of `source`. */
	add(
		source: string,
		key: string,
		delayMs: number,
		answer: () => void,
	): 'waits' | 'known' | 'refused' {
		const name = `${source} ${key}`;
		if (this.#waiting.has(name)) return 'known';
		const own = this.#bySource.get(source) ?? 0;
		if (this.#waiting.size >= MAX_WAITING || own >= MAX_WAITING_EACH) return 'refused';
		this.#bySource.set(source, own + 1);
		const cancel = this.#after(delayMs, () => {
			this.#waiting.set(
				name,
				this.#after(REMEMBERED_MS, () => this.#forget(source, name)),
			);
			answer();
		});
		this.#waiting.set(name, cancel);
		return 'waits';
	}

	/** Nothing that waits is answered any more. */
	stop(): void {
		for (const cancel of this.#waiting.values()) cancel();
		this.#waiting.clear();
		this.#bySource.clear();
	}

	#forget(source: string, name: string): void {
		this.#waiting.delete(name);
		const left = (this.#bySource.get(source) ?? 1) - 1;
		if (left <= 0) this.#bySource.delete(source);
		else this.#bySource.set(source, left);
	}
}
