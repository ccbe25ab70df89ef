import type { Malformed } from '../bytes/malformed.js';
import type { TextCursor } from './text-cursor.js';

/** Parameters by lower-case name; undefined for one without a value. Quoted values come unquoted. */
export type Parameters = ReadonlyMap<string, string | undefined>;

export interface ReadParameters {
	readonly parameters: Parameters;
	/** The first thing that is not as the grammar has it; reading went on where it could. */
	readonly malformed: Malformed | undefined;
}

/**
 * Reads `;name=value` up to the end of the text (generic-param, RFC 3261 §25.1). Of a repeated parameter the first
 * counts, and the second is malformed. A lonely `;` is nothing.
 */
export function readParameters(cursor: TextCursor): ReadParameters {
	const parameters = new Map<string, string | undefined>();
	let malformed: Malformed | undefined;
	cursor.skipBlanks();
	while (!cursor.atEnd()) {
		if (!cursor.take(';')) {
			malformed ??= cursor.failure('parameters', cursor.rest, '; before a parameter');
			break;
		}
		if (cursor.atEnd() || cursor.peek() === ';') continue;
		const start = cursor.at;
		const name = cursor.token();
		if (name === undefined) {
			malformed ??= cursor.failure('parameter name', cursor.rest, 'a token');
			break;
		}
		const read = cursor.take('=') ? readValue(cursor, name, /[^ \t,;"<>]+/y) : {};
		malformed ??= read.malformed;
		const repeated = addParameter(parameters, cursor, { name, value: read.value, start });
		malformed ??= repeated;
		cursor.skipBlanks();
	}
	return { parameters, malformed };
}

/** A value, quoted or plain, after the `=`. An unclosed quote gives the rest of the text. */
export function readValue(
	cursor: TextCursor,
	name: string,
	plain: RegExp,
): { readonly value?: string; readonly malformed?: Malformed } {
	const start = cursor.at;
	if (cursor.peek() === '"') {
		const value = cursor.quoted();
		if (value !== undefined) return { value };
		const rest = cursor.text.slice(start + 1);
		cursor.at = cursor.text.length;
		return { value: rest, malformed: cursor.failure(name, `"${rest}`, 'a closing quote', start) };
	}
	const value = cursor.match(plain);
	if (value !== undefined) return { value };
	return { value: '', malformed: cursor.failure(name, '', 'a value after =', start) };
}

function addParameter(
	parameters: Map<string, string | undefined>,
	cursor: TextCursor,
	{ name, value, start }: { name: string; value: string | undefined; start: number },
): Malformed | undefined {
	const key = name.toLowerCase();
	if (parameters.has(key)) {
		return cursor.failure(name, value ?? '', 'the parameter only once', start);
	}
	parameters.set(key, value);
	return undefined;
}
