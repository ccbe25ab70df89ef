import type { Malformed } from '../bytes/malformed.js';
import { isBlank } from './blanks.js';

/** A place in the text of one header field value; every reader of a value moves one of these from left to right. */
export class TextCursor {
	readonly text: string;
	readonly #layer: string;
	at = 0;

	/** `layer` is the header field's name, for the failures. */
	constructor(text: string, layer: string) {
		this.text = text;
		this.#layer = layer;
	}

	atEnd(): boolean {
		return this.at >= this.text.length;
	}

	get rest(): string {
		return this.text.slice(this.at);
	}

	/** The next character; undefined at the end. */
	peek(): string | undefined {
		return this.text[this.at];
	}

	skipBlanks(): void {
		while (isBlank(this.text[this.at])) this.at += 1;
	}

	/** Takes this one character, with blanks around it; false where another stands there. */
	take(character: string): boolean {
		this.skipBlanks();
		if (this.peek() !== character) return false;
		this.at += 1;
		this.skipBlanks();
		return true;
	}

	/** Takes what the pattern, which must be sticky, matches here; undefined where nothing does. */
	match(sticky: RegExp): string | undefined {
		sticky.lastIndex = this.at;
		const found = sticky.exec(this.text)?.[0];
		if (found === undefined || found === '') return undefined;
		this.at += found.length;
		return found;
	}

	/** Takes a token (RFC 3261 §25.1). */
	token(): string | undefined {
		return this.match(/[A-Za-z0-9\-.!%*_+`'~]+/y);
	}

	/**
	 * Takes a quoted-string and gives its content, `\x` unescaped to `x`. Undefined where the closing quote is missing;
	 * the cursor then stays on the opening one.
	 */
	quoted(): string | undefined {
		let value = '';
		let from = this.at + 1;
		for (let at = from; at < this.text.length; at += 1) {
			if (this.text[at] === '"') {
				value += this.text.slice(from, at);
				this.at = at + 1;
				return value;
			}
			if (this.text[at] === '\\') {
				value += this.text.slice(from, at);
				at += 1;
				from = at;
			}
		}
		return undefined;
	}

	/** A failure at the cursor, or at `offset`. */
	failure(field: string, value: string, expected: string, offset = this.at): Malformed {
		return { layer: this.#layer, offset, problem: { kind: 'bad-field', field, value, expected } };
	}
}
