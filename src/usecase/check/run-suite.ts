/*
 * Entries side by side, as a guest: so many at once, so many started a second, never two of one address-of-record, nor two with ALG
 * experiments, which need port 5060; and no
 * more once too many accounts were refused that should have registered, as a ban would hit everybody here.
 */
import type { Timers } from '../../probe/timers.js';
import type { CheckedEntry } from '../../report/check-document.js';
import { refusesCredentials } from '../../sip/status-codes.js';
import type { Suite, SuiteEntry } from './suite.js';

export interface RunDeps {
	/** Never rejects; ends soon after its signal, with the binding removed. */
	readonly tryEntry: (entry: SuiteEntry, signal: AbortSignal) => Promise<CheckedEntry>;
	readonly timers: Timers;
	/** Ctrl-C. */
	readonly signal: AbortSignal;
	readonly onDone: (entry: CheckedEntry) => void;
}

/** Tries all of them; the results are in the order of the suite. */
export function runSuite(suite: Suite, deps: RunDeps): Promise<readonly CheckedEntry[]> {
	return new SuiteRun(suite, deps).run();
}

interface Waiting {
	readonly entry: SuiteEntry;
	readonly index: number;
}

class SuiteRun {
	readonly #suite: Suite;
	readonly #deps: RunDeps;
	readonly #waiting: Waiting[];
	readonly #results: CheckedEntry[] = [];
	readonly #running = new Map<string, AbortController>();
	#experimenting = false;
	#pausing = false;
	#refused = 0;
	#cancelPause = (): void => undefined;
	#finish = (): void => undefined;

	constructor(suite: Suite, deps: RunDeps) {
		this.#suite = suite;
		this.#deps = deps;
		this.#waiting = suite.entries.map((entry, index) => ({ entry, index }));
	}

	async run(): Promise<readonly CheckedEntry[]> {
		const { signal } = this.#deps;
		const interrupt = (): void => this.#interrupt();
		const finished = new Promise<void>((resolve) => {
			this.#finish = resolve;
		});
		// One listener for all: each probe has a signal of its own.
		signal.addEventListener('abort', interrupt, { once: true });
		if (signal.aborted) interrupt();
		this.#next();
		await finished;
		signal.removeEventListener('abort', interrupt);
		return this.#results;
	}

	#next(): void {
		if (this.#waiting.length === 0 && this.#running.size === 0) {
			this.#cancelPause();
			this.#finish();
			return;
		}
		if (this.#pausing || this.#running.size >= this.#suite.parallel) return;
		const at = this.#waiting.findIndex(({ entry }) => this.#mayStart(entry));
		const [free] = at < 0 ? [] : this.#waiting.splice(at, 1);
		if (free === undefined) return;
		this.#start(free);
		this.#pausing = true;
		this.#cancelPause = this.#deps.timers.after(1000 / this.#suite.startsPerSecond, () => {
			this.#pausing = false;
			this.#next();
		});
	}

	#mayStart({ canonicalAor, options }: SuiteEntry): boolean {
		return !this.#running.has(canonicalAor) && !(options.alg && this.#experimenting);
	}

	#start({ entry, index }: Waiting): void {
		const controller = new AbortController();
		this.#running.set(entry.canonicalAor, controller);
		if (entry.options.alg) this.#experimenting = true;
		void this.#deps.tryEntry(entry, controller.signal).then((result) => {
			this.#running.delete(entry.canonicalAor);
			if (entry.options.alg) this.#experimenting = false;
			this.#note(index, result);
			this.#next();
		});
	}

	#note(index: number, result: CheckedEntry): void {
		this.#results[index] = result;
		this.#deps.onDone(result);
		if (!isRefusedAccount(result)) return;
		this.#refused += 1;
		if (this.#refused < this.#suite.maxRefused) return;
		this.#leaveOut(
			`not tried: ${this.#refused} accounts were refused before it, and a ban would hit everybody here (max-refused)`,
		);
	}

	#interrupt(): void {
		for (const controller of this.#running.values()) controller.abort();
		this.#leaveOut('interrupted before it');
		this.#next();
	}

	#leaveOut(because: string): void {
		for (const { entry, index } of this.#waiting.splice(0)) {
			this.#results[index] = notRun(entry, because);
			this.#deps.onDone(notRun(entry, because));
		}
	}
}

/** What stands for an entry that was not tried. */
export function notRun(entry: SuiteEntry, because: string): CheckedEntry {
	const { name, kind, aor, line } = entry;
	const nothing = { seen: undefined, expectations: [], ms: 0 };
	return { name, kind, aor, line, verdict: 'not-run', because, ...nothing };
}

/** A refusal that the suite did not expect; an expected one is part of the test. */
function isRefusedAccount({ kind, verdict, seen }: CheckedEntry): boolean {
	if (kind !== 'account' || verdict !== 'failed') return false;
	return seen?.outcome === 'rejected' && refusesCredentials(seen.finalStatus ?? 0);
}
