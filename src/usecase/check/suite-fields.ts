import { nearWord } from './near-word.js';
import type { SuiteProblems } from './suite-problems.js';
import type { YamlEntry, YamlTree } from './yaml-tree.js';

/** One map of a suite: known keys in, values out, everything odd into the problems. */
export class SuiteFields {
	readonly path: string;
	readonly line: number;
	readonly #entries: ReadonlyMap<string, YamlEntry>;
	readonly #problems: SuiteProblems;

	/** `tree`: undefined where the map was left out, which is an empty one. */
	constructor(
		tree: YamlTree | undefined,
		path: string,
		keys: readonly string[],
		problems: SuiteProblems,
	) {
		this.path = path;
		this.line = tree?.line ?? 1;
		this.#problems = problems;
		const entries = tree?.kind === 'map' ? tree.entries : [];
		const isEmpty = tree === undefined || (tree.kind === 'text' && tree.text === '');
		if (!isEmpty && tree.kind !== 'map') {
			problems.add(tree.line, path, `keys and values are expected: ${keys.join(', ')}`);
		}
		for (const { key, line } of entries) {
			if (!keys.includes(key)) problems.add(line, this.at(key), unknownKey(key, keys));
		}
		this.#entries = new Map(entries.map((entry) => [entry.key, entry]));
	}

	/** The path of a key in it. */
	at(key: string): string {
		return this.path === '' ? key : `${this.path}.${key}`;
	}

	has(key: string): boolean {
		return this.#entries.has(key);
	}

	get keys(): readonly string[] {
		return [...this.#entries.keys()];
	}

	lineOf(key: string): number {
		return this.#entries.get(key)?.line ?? this.line;
	}

	tree(key: string): YamlTree | undefined {
		return this.#entries.get(key)?.value;
	}

	problem(key: string, what: string): void {
		this.#problems.add(this.lineOf(key), this.at(key), what);
	}

	/** A single value as it was written. */
	text(key: string): string | undefined {
		const tree = this.tree(key);
		if (tree === undefined) return undefined;
		if (tree.kind === 'text' && tree.text !== '') return tree.text;
		this.problem(key, tree.kind === 'text' ? 'a value is missing' : 'one value is expected');
		return undefined;
	}

	/** One value or a list of them. */
	texts(key: string): readonly string[] | undefined {
		const tree = this.tree(key);
		if (tree?.kind !== 'list') {
			const text = this.text(key);
			return text === undefined ? undefined : [text];
		}
		const texts = tree.items.map((item) => (item.kind === 'text' ? item.text : ''));
		if (texts.length > 0 && !texts.includes('')) return texts;
		this.problem(key, 'a list of values is expected');
		return undefined;
	}

	integer(key: string, min: number, max: number): number | undefined {
		const text = this.text(key);
		if (text === undefined) return undefined;
		const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
		if (value >= min && value <= max) return value;
		this.problem(key, `a whole number from ${min} to ${max} is expected`);
		return undefined;
	}

	flag(key: string): boolean | undefined {
		const text = this.text(key);
		if (text === undefined) return undefined;
		if (text === 'true' || text === 'false') return text === 'true';
		this.problem(key, 'true or false is expected');
		return undefined;
	}

	oneOf<T extends string>(key: string, options: readonly T[]): T | undefined {
		const text = this.text(key);
		if (text === undefined) return undefined;
		const found = options.find((option) => option === text);
		if (found === undefined) this.problem(key, `one of ${options.join(', ')} is expected`);
		return found;
	}
}

function unknownKey(key: string, known: readonly string[]): string {
	if (key === '<<') return 'merge keys are not read; put what is shared into "defaults"';
	const near = nearWord(key, known);
	return near === undefined
		? `unknown key; known are ${known.join(', ')}`
		: `unknown key; did you mean "${near}"?`;
}
