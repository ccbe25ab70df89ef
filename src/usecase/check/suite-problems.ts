import { UsageError } from '../usage-error.js';

/** Problems told at once: more would scroll the first one away. */
const MAX_TOLD = 20;

/** What is wrong with a suite, line by line; said together, so that one run mends all of it. */
export class SuiteProblems {
	readonly #file: string;
	readonly #problems: { readonly line: number; readonly text: string }[] = [];

	constructor(file: string) {
		this.#file = file;
	}

	/** `path`: `accounts[3].expect`; empty for the file as a whole. `what` quotes no value: it may be a password. */
	add(line: number, path: string, what: string): void {
		this.#problems.push({ line, text: path === '' ? what : `${path}: ${what}` });
	}

	/** Throws UsageError naming file and line of each, where there are any. */
	throwIfAny(): void {
		const ordered = this.#problems.toSorted((a, b) => a.line - b.line);
		const [first, ...more] = ordered.map(({ line, text }) => `${this.#file}:${line}: ${text}`);
		if (first === undefined) return;
		const told = more.slice(0, MAX_TOLD - 1);
		const left = more.length - told.length;
		throw new UsageError(first, ...told, ...(left > 0 ? [`and ${left} more`] : []));
	}
}
