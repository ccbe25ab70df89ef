/*
 * A YAML text as a tree that knows its lines. The text is somebody's file: size, depth, nodes and aliases are bounded, and
 * no message quotes it, as a password may stand where it should not.
 */
import {
	isAlias,
	isMap,
	isScalar,
	isSeq,
	LineCounter,
	type Node,
	parseDocument,
	type YAMLMap,
} from 'yaml';

export type YamlTree =
	| { readonly kind: 'map'; readonly line: number; readonly entries: readonly YamlEntry[] }
	| { readonly kind: 'list'; readonly line: number; readonly items: readonly YamlTree[] }
	/** Every scalar as it was written: `0012` stays four digits, `no` a word. Empty where nothing was written. */
	| { readonly kind: 'text'; readonly line: number; readonly text: string };

export interface YamlEntry {
	readonly key: string;
	readonly line: number;
	readonly value: YamlTree;
}

export type YamlRead =
	| { readonly ok: true; readonly tree: YamlTree }
	| { readonly ok: false; readonly line: number; readonly because: string };

const MAX_TEXT = 4 * 1024 * 1024;
const MAX_NODES = 400_000;
const MAX_DEPTH = 12;
/** Each use of an alias is a search through the document. */
const MAX_ALIASES = 1000;

/** Reads one document. Never throws. */
export function readYaml(text: string): YamlRead {
	if (text.length > MAX_TEXT) {
		return { ok: false, line: 1, because: `the file is larger than ${MAX_TEXT / 1024 / 1024} MB` };
	}
	const lines = new LineCounter();
	try {
		const document = parseDocument(text, {
			lineCounter: lines,
			prettyErrors: false,
			schema: 'failsafe',
			logLevel: 'error',
		});
		const [error] = document.errors;
		if (error !== undefined) {
			const { line } = lines.linePos(error.pos[0]);
			return { ok: false, line: Math.max(1, line), because: errorWords(error.code) };
		}
		const reader = new TreeReader(lines, (node) => (isAlias(node) ? node.resolve(document) : node));
		return { ok: true, tree: reader.read(document.contents, 1, 0) };
	} catch (error) {
		if (error instanceof TooMuch) return { ok: false, line: error.line, because: error.message };
		if (error instanceof RangeError) return { ok: false, line: 1, because: TOO_DEEP };
		throw error;
	}
}

const TOO_DEEP = 'it is nested too deeply';

function errorWords(code: string): string {
	const known = ERROR_WORDS[code];
	return known ?? `this is not valid YAML (${code})`;
}

const ERROR_WORDS: Readonly<Record<string, string>> = {
	DUPLICATE_KEY: 'this key stands here twice',
	TAB_AS_INDENT: 'a tab is no indentation in YAML; use blanks',
	BAD_INDENT: 'the indentation does not fit',
	MULTIPLE_DOCS: 'there are several documents in the file; one is expected',
	BAD_ALIAS: 'this alias has no anchor before it',
};

class TooMuch extends Error {
	readonly line: number;

	constructor(line: number, message: string) {
		super(message);
		this.line = line;
	}
}

class TreeReader {
	readonly #lines: LineCounter;
	readonly #resolve: (node: Node) => Node | undefined;
	#nodes = 0;
	#aliases = 0;

	constructor(lines: LineCounter, resolve: (node: Node) => Node | undefined) {
		this.#lines = lines;
		this.#resolve = resolve;
	}

	/** `line`: where the parent stands, for a node that has no place of its own. */
	read(node: unknown, line: number, depth: number): YamlTree {
		this.#nodes += 1;
		if (this.#nodes > MAX_NODES) throw new TooMuch(line, 'it holds more than can be a suite');
		if (depth > MAX_DEPTH) throw new TooMuch(line, TOO_DEEP);
		if (isAlias(node)) return this.#alias(node, line, depth);
		if (isMap(node)) return this.#map(node, this.#lineOf(node, line), depth);
		if (isSeq(node)) {
			const own = this.#lineOf(node, line);
			const items = node.items.map((item) => this.read(item, own, depth + 1));
			return { kind: 'list', line: own, items };
		}
		if (isScalar(node)) {
			return { kind: 'text', line: this.#lineOf(node, line), text: String(node.value ?? '') };
		}
		return { kind: 'text', line, text: '' };
	}

	/** What the alias stands for, told at the line where it is used. */
	#alias(node: Node, line: number, depth: number): YamlTree {
		this.#aliases += 1;
		const own = this.#lineOf(node, line);
		if (this.#aliases > MAX_ALIASES) throw new TooMuch(own, `more than ${MAX_ALIASES} aliases`);
		const target = this.#resolve(node);
		if (target === undefined) throw new TooMuch(own, 'this alias has no anchor before it');
		return this.read(target, own, depth + 1);
	}

	#map(node: YAMLMap, line: number, depth: number): YamlTree {
		const entries = node.items.map(({ key, value }): YamlEntry => {
			const own = this.#lineOf(key, line);
			const name = isScalar(key) ? String(key.value ?? '') : '';
			return { key: name, line: own, value: this.read(value, own, depth + 1) };
		});
		return { kind: 'map', line, entries };
	}

	#lineOf(node: unknown, otherwise: number): number {
		const place = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : null;
		const offset = place?.[0];
		if (offset === undefined) return otherwise;
		const { line } = this.#lines.linePos(offset);
		return line > 0 ? line : otherwise;
	}
}
