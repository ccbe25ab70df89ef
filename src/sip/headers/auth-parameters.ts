/*
 * The common grammar of WWW-Authenticate, Authorization and Authentication-Info: `Scheme name=value, name="value"`
 * (RFC 3261 §25.1 challenge, credentials; RFC 7235 §2.1). Lax: a phone or server that breaks it is the very thing to
 * explain, so what can be read is read, and the first fault comes with it.
 */
import type { Malformed } from '../../bytes/malformed.js';
import { trimBlanks } from '../blanks.js';
import { readValue } from '../parameters.js';
import { TextCursor } from '../text-cursor.js';

export interface AuthValue {
	/** As written; empty for Authentication-Info, which has none. */
	readonly scheme: string;
	/** Unquoted, names in lower case; of a repeated one the first. */
	readonly parameters: ReadonlyMap<string, string>;
	/** The text of this one challenge or these credentials. May hold a secret (`response`, Basic): never print it. */
	readonly raw: string;
	readonly malformed: Malformed | undefined;
}

/** A value without quotes: all up to a comma or blank, as `uri=sip:…` and base64 nonces come unquoted too. */
const PLAIN = /[^ \t,"]+/y;
const NAME = /[A-Za-z0-9\-.!%*_+`'~]+[ \t]*=/y;
const SCHEME = /[A-Za-z0-9\-.!%*_+`'~]+(?=[ \t]+[^ \t,=])/y;
/** Bearer and Basic carry one bare word in place of parameters (RFC 7235 token68). */
const TOKEN68 = /[A-Za-z0-9\-._~+/]+=*(?=[ \t]*(?:,|$))/y;

/** Reads every challenge of a header field value: servers put several in one line, each after a comma. */
export function readAuthValues(value: string, layer: string): readonly AuthValue[] {
	const plain = plainDigest(value);
	if (plain === undefined) return readAnyValues(value, layer);
	return [{ scheme: DIGEST, parameters: plain, raw: value, malformed: undefined }];
}

const DIGEST = 'Digest';

/** One parameter with the comma behind it, or the end. */
const PLAIN_PARAMETER = /([a-z]+)=(?:"([^"\\]*)"|([^ \t,"]+))(?:, ?(?=[a-z])|$)/y;

/** The parameters of one Digest challenge or response as they are written everywhere; undefined for another writing. */
function plainDigest(value: string): ReadonlyMap<string, string> | undefined {
	if (!value.startsWith('Digest ')) return undefined;
	const parameters = new Map<string, string>();
	PLAIN_PARAMETER.lastIndex = DIGEST.length + 1;
	do {
		const match = PLAIN_PARAMETER.exec(value);
		const name = match?.[1];
		if (match === null || name === undefined || parameters.has(name)) return undefined;
		parameters.set(name, match[2] ?? match[3] ?? '');
	} while (PLAIN_PARAMETER.lastIndex < value.length);
	return parameters;
}

function readAnyValues(value: string, layer: string): readonly AuthValue[] {
	const cursor = new TextCursor(value, layer);
	const values: AuthValue[] = [];
	cursor.skipBlanks();
	do {
		const start = cursor.at;
		const scheme = cursor.match(SCHEME) ?? cursor.token();
		if (scheme === undefined) {
			const malformed = cursor.failure('scheme', '', 'an authentication scheme');
			values.push({ scheme: '', parameters: new Map(), raw: cursor.rest, malformed });
			return values;
		}
		cursor.skipBlanks();
		// `Digest realm=` would look like one, too.
		if (scheme.toLowerCase() !== 'digest') cursor.match(TOKEN68);
		values.push(withRaw({ scheme, ...readAuthParameters(cursor) }, cursor, start));
	} while (!cursor.atEnd());
	return values;
}

function withRaw(value: Omit<AuthValue, 'raw'>, cursor: TextCursor, start: number): AuthValue {
	const raw = trimBlanks(cursor.text.slice(start, cursor.at)).replace(/,$/, '');
	return { ...value, raw };
}

/** Reads `name=value` separated by commas, up to the end or the next scheme. */
export function readAuthParameters(cursor: TextCursor): Omit<AuthValue, 'scheme' | 'raw'> {
	const parameters = new Map<string, string>();
	let malformed: Malformed | undefined;
	cursor.skipBlanks();
	let first = true;
	for (;;) {
		const comma = skipComma(cursor);
		if (cursor.atEnd()) break;
		const start = cursor.at;
		const name = cursor.match(NAME)?.slice(0, -1);
		if (name === undefined) {
			if (comma && startsScheme(cursor)) break;
			malformed ??= cursor.failure('parameter', '', 'name=value');
			skipWord(cursor);
			first = false;
			continue;
		}
		const key = trimBlanks(name).toLowerCase();
		if (!first && !comma)
			malformed ??= cursor.failure(key, '', 'a comma before the parameter', start);
		cursor.skipBlanks();
		const read = readValue(cursor, key, PLAIN);
		malformed ??= hideValue(read.malformed);
		if (parameters.has(key))
			malformed ??= cursor.failure(key, '', 'the parameter only once', start);
		else parameters.set(key, read.value ?? '');
		first = false;
	}
	return { parameters, malformed };
}

/** Skips blanks and commas; true where there was a comma. */
function skipComma(cursor: TextCursor): boolean {
	cursor.skipBlanks();
	return cursor.match(/,[, \t]*/y) !== undefined;
}

function startsScheme(cursor: TextCursor): boolean {
	SCHEME.lastIndex = cursor.at;
	return SCHEME.test(cursor.text);
}

/** Steps over something that is no parameter. */
function skipWord(cursor: TextCursor): void {
	if (cursor.match(PLAIN) === undefined) cursor.at += 1;
}

/** A value in an Authorization may be a secret, so no failure carries one. */
function hideValue(malformed: Malformed | undefined): Malformed | undefined {
	if (malformed?.problem.kind !== 'bad-field') return malformed;
	return { ...malformed, problem: { ...malformed.problem, value: '' } };
}
