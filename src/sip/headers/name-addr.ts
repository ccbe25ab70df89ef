import type { Malformed, Parsed } from '../../bytes/malformed.js';
import { trimBlanks } from '../blanks.js';
import { type Parameters, readParameters } from '../parameters.js';
import type { TextCursor } from '../text-cursor.js';
import { parseUri, type SipUri } from '../uri.js';

/** `name-addr / addr-spec` with its parameters, as From, To, Contact, Route and others have it (RFC 3261 §20.10). */
export interface NameAddr {
	/** Unquoted; undefined where there is none. */
	readonly displayName: string | undefined;
	readonly uri: SipUri;
	/** The URI stood in angle brackets: without them every parameter is the header field's. */
	readonly bracketed: boolean;
	/** Of the header field, not of the URI. */
	readonly parameters: Parameters;
}

/** Reads a name-addr or addr-spec with parameters up to the end of the text. */
export function readNameAddr(cursor: TextCursor): Parsed<NameAddr> {
	const plain = cursor.at === 0 ? plainNameAddr(cursor.text) : undefined;
	if (plain === undefined) return readAnyNameAddr(cursor);
	cursor.at = cursor.text.length;
	return { ok: true, value: plain };
}

const PLAIN = /^<([^<>]*)>(?:;([A-Za-z]+)=([A-Za-z0-9._+-]+))?$/;
const NO_PARAMETERS: Parameters = new Map();

/** A URI in angle brackets with one parameter at most, as nearly every phone writes From, To and Contact. */
function plainNameAddr(text: string): NameAddr | undefined {
	const match = PLAIN.exec(text);
	if (match === null) return undefined;
	const [, uriText = '', name, value] = match;
	const uri = parseUri(uriText);
	if (!uri.ok) return undefined;
	const parameters = name === undefined ? NO_PARAMETERS : new Map([[name.toLowerCase(), value]]);
	return { displayName: undefined, uri: uri.value, bracketed: true, parameters };
}

function readAnyNameAddr(cursor: TextCursor): Parsed<NameAddr> {
	cursor.skipBlanks();
	const displayName = readDisplayName(cursor);
	if (!displayName.ok) return displayName;
	const bracketed = cursor.peek() === '<';
	const uriText = bracketed ? bracketedUri(cursor) : bareUri(cursor);
	if (!uriText.ok) return uriText;
	const uri = parseUri(uriText.value.text);
	if (!uri.ok) return at(uri.malformed, cursor, uriText.value.offset);
	const { parameters, malformed } = readParameters(cursor);
	if (malformed !== undefined) return { ok: false, malformed };
	const value = { displayName: displayName.value, uri: uri.value, bracketed, parameters };
	return { ok: true, value };
}

/**
 * A quoted-string, or words before `<`. Bytes that are no token are accepted in words: phones send UTF-8 names and dots
 * without quotes, and nothing depends on them. Quotes and separators of the list are not (RFC 4475 §3.1.2.15).
 */
function readDisplayName(cursor: TextCursor): Parsed<string | undefined> {
	if (cursor.peek() === '"') {
		const start = cursor.at;
		const name = cursor.quoted();
		if (name === undefined)
			return fail(cursor, 'display name', cursor.rest, 'a closing quote', start);
		cursor.skipBlanks();
		if (cursor.peek() === '<') return { ok: true, value: name };
		return fail(cursor, 'address', cursor.rest, '< after the display name');
	}
	const bracket = cursor.text.indexOf('<', cursor.at);
	if (bracket < 0) return { ok: true, value: undefined };
	const words = cursor.text.slice(cursor.at, bracket);
	// A bracket behind a semicolon belongs to a parameter of an addr-spec.
	if (words.includes(';')) return { ok: true, value: undefined };
	const strange = words.search(/[",:@]/);
	if (strange >= 0) {
		const offset = cursor.at + strange;
		return fail(cursor, 'display name', trimBlanks(words), 'quotes around such a name', offset);
	}
	cursor.at = bracket;
	return { ok: true, value: trimBlanks(words) === '' ? undefined : trimBlanks(words) };
}

interface UriText {
	readonly text: string;
	readonly offset: number;
}

function bracketedUri(cursor: TextCursor): Parsed<UriText> {
	const offset = cursor.at + 1;
	const end = cursor.text.indexOf('>', offset);
	if (end < 0) return fail(cursor, 'address', cursor.rest, 'a closing >');
	cursor.at = end + 1;
	return { ok: true, value: { text: cursor.text.slice(offset, end), offset } };
}

/** Without brackets the URI ends at the first semicolon, and may hold neither `?` nor `,` (RFC 3261 §20.10). */
function bareUri(cursor: TextCursor): Parsed<UriText> {
	const offset = cursor.at;
	const text = trimBlanks(cursor.match(/[^;]+/y) ?? '');
	const strange = text.search(/[?,]/);
	if (strange >= 0)
		return fail(cursor, 'address', text, 'angle brackets around it', offset + strange);
	return { ok: true, value: { text, offset } };
}

/** The failure of a URI reader, with the offset in the header field value. */
function at({ problem, offset }: Malformed, cursor: TextCursor, base: number): Parsed<never> {
	return problem.kind === 'too-short'
		? fail(cursor, 'URI', '', 'more of it', base + offset)
		: fail(cursor, problem.field, problem.value, problem.expected, base + offset);
}

function fail(
	cursor: TextCursor,
	field: string,
	value: string,
	expected: string,
	offset = cursor.at,
): { readonly ok: false; readonly malformed: Malformed } {
	return { ok: false, malformed: cursor.failure(field, value, expected, offset) };
}
