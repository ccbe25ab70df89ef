/*
 * The start-line of a SIP message (RFC 3261 §7.1, §7.2): recognised cheaply among foreign bytes, read laxly. A SIP
 * message is known by this line and never by its port.
 */
import type { Malformed } from '../bytes/malformed.js';
import { isBlank, trimBlanks } from './blanks.js';

/** Longest start-line looked at; a Request-URI may be long, but not without end. */
export const MAX_START_LINE = 8192;
const MAX_METHOD = 128;
/** Bytes of CRLF before a start-line that are skipped (RFC 3261 §7.5); a keep-alive has two or four. */
const MAX_LEADING_CRLF = 64;

const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;

export type StartLine =
	| {
			readonly kind: 'request';
			readonly method: string;
			readonly requestUri: string;
			readonly version: string;
	  }
	| {
			readonly kind: 'response';
			readonly version: string;
			readonly statusCode: number;
			readonly reasonPhrase: string;
	  };

/** True where the bytes begin with a SIP start-line, after any leading CRLF. Allocates nothing. */
export function looksLikeSip(payload: Uint8Array): boolean {
	const start = skipLeadingCrlf(payload);
	// Nearly every foreign payload ends here, before a line is looked for.
	if (!isTokenByte(payload[start])) return false;
	const limit = Math.min(payload.length, start + MAX_START_LINE);
	return isStartLine(payload, start, lineEnd(payload, start, limit));
}

/** Offset of the first byte that is neither CR nor LF; bounded. */
export function skipLeadingCrlf(bytes: Uint8Array): number {
	const limit = Math.min(bytes.length, MAX_LEADING_CRLF);
	let at = 0;
	while (at < limit && (bytes[at] === CR || bytes[at] === LF)) at += 1;
	return at;
}

/** True where `bytes[start, end)`, a line without its line end, is a request line or a status line. */
export function isStartLine(bytes: Uint8Array, start: number, end: number): boolean {
	if (isVersionAt(bytes, start, end)) return isStatusLine(bytes, start, end);
	return isRequestLine(bytes, start, end);
}

function isStatusLine(bytes: Uint8Array, start: number, end: number): boolean {
	let at = versionEnd(bytes, start, end);
	if (at === undefined || !isBlankByte(bytes[at])) return false;
	at = skipBlanks(bytes, at, end);
	return at + 3 <= end && isDigit(bytes[at]) && isDigit(bytes[at + 1]) && isDigit(bytes[at + 2]);
}

function isRequestLine(bytes: Uint8Array, start: number, end: number): boolean {
	let at = start;
	while (at < end && isTokenByte(bytes[at])) at += 1;
	if (at === start || at - start > MAX_METHOD || at >= end || !isBlankByte(bytes[at])) return false;
	const uriStart = skipBlanks(bytes, at, end);
	let last = end;
	while (last > uriStart && isBlankByte(bytes[last - 1])) last -= 1;
	const version = versionStart(bytes, uriStart, last);
	if (version === undefined || version <= uriStart || !isBlankByte(bytes[version - 1]))
		return false;
	return !hasControl(bytes, uriStart, version);
}

/** Control characters tell a binary protocol in whose midst a SIP message lies, a tunnel or a log. */
function hasControl(bytes: Uint8Array, start: number, end: number): boolean {
	for (let at = start; at < end; at += 1) {
		const byte = bytes[at] ?? 0;
		if ((byte < SPACE && byte !== TAB) || byte === 0x7f) return true;
	}
	return false;
}

/** Where the `SIP/2.0` that ends the line begins; looked for from the end, as a broken URI may hold blanks. */
function versionStart(bytes: Uint8Array, from: number, end: number): number | undefined {
	let at = end - 1;
	const floor = Math.max(from, end - 16);
	while (at > floor && !isBlankByte(bytes[at - 1])) at -= 1;
	return isVersionAt(bytes, at, end) && versionEnd(bytes, at, end) === end ? at : undefined;
}

function isVersionAt(bytes: Uint8Array, at: number, end: number): boolean {
	return (
		at + 7 <= end &&
		isLetter(bytes[at], 0x53) &&
		isLetter(bytes[at + 1], 0x49) &&
		isLetter(bytes[at + 2], 0x50) &&
		bytes[at + 3] === 0x2f &&
		isDigit(bytes[at + 4])
	);
}

/** The offset behind `SIP/` digits `.` digits, or undefined. */
function versionEnd(bytes: Uint8Array, start: number, end: number): number | undefined {
	let at = start + 4;
	while (at < end && isDigit(bytes[at])) at += 1;
	if (bytes[at] !== 0x2e) return undefined;
	const minor = at + 1;
	at = minor;
	while (at < end && isDigit(bytes[at])) at += 1;
	return at > minor ? at : undefined;
}

function lineEnd(bytes: Uint8Array, start: number, limit: number): number {
	let at = start;
	while (at < limit && bytes[at] !== LF) at += 1;
	return at > start && bytes[at - 1] === CR ? at - 1 : at;
}

function skipBlanks(bytes: Uint8Array, from: number, end: number): number {
	let at = from;
	while (at < end && isBlankByte(bytes[at])) at += 1;
	return at;
}

function isBlankByte(byte: number | undefined): boolean {
	return byte === SPACE || byte === TAB;
}

function isDigit(byte: number | undefined): boolean {
	return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

/** SIP-Version is case-insensitive (RFC 3261 §7.1). */
function isLetter(byte: number | undefined, upper: number): boolean {
	return byte === upper || byte === upper + 0x20;
}

/** The characters of a token (RFC 3261 §25.1), as a table of 256. */
const TOKEN_BYTES: readonly boolean[] = Array.from({ length: 256 }, (_, byte) =>
	/[A-Za-z0-9\-.!%*_+`'~]/.test(String.fromCharCode(byte)),
);

function isTokenByte(byte: number | undefined): boolean {
	return byte !== undefined && TOKEN_BYTES[byte] === true;
}

/** Reads a start-line laxly; what had to be forgiven comes with it. Undefined where it is none. */
export function readStartLine(
	line: string,
): { readonly startLine: StartLine; readonly defects: readonly Malformed[] } | undefined {
	const status = /^(SIP\/\d+\.\d+)([ \t]+)(\d{3,})/i.exec(line);
	if (status !== null) return statusLine(status, line.slice(status[0].length));
	return requestLine(line);
}

function statusLine(match: RegExpExecArray, rest: string) {
	const [, version = '', gap = '', code = ''] = match;
	const defects = versionDefects(version, 0);
	const statusCode = Number(code);
	const codeOffset = version.length + gap.length;
	if (gap !== ' ') defects.push(defect(version.length, 'blanks in status line', gap, 'one space'));
	if (statusCode < 100 || statusCode > 699) {
		defects.push(defect(codeOffset, 'status code', code, '100 to 699'));
	}
	// An empty reason phrase is legal, but the space before it is not optional (RFC 3261 §7.2).
	if (!rest.startsWith(' ')) {
		defects.push(defect(codeOffset + code.length, 'status line', rest, 'a space after the code'));
	}
	const reasonPhrase = trimBlanks(rest);
	const startLine = { kind: 'response', version, statusCode, reasonPhrase } as const;
	return { startLine, defects };
}

/** The URI is what lies between the method and the last word, as a broken one may hold blanks. */
function requestLine(line: string) {
	const method = /^[A-Za-z0-9\-.!%*_+`'~]+/.exec(line)?.[0];
	const words = line.slice(method?.length ?? 0);
	if (method === undefined || !isBlank(words[0])) return undefined;
	const body = trimBlanks(words);
	const version = body.slice(Math.max(body.lastIndexOf(' '), body.lastIndexOf('\t')) + 1);
	const requestUri = trimBlanks(body.slice(0, -version.length));
	if (requestUri === '' || !/^SIP\/\d+\.\d+$/i.test(version)) return undefined;
	const uriOffset = line.indexOf(requestUri, method.length);
	const uriEnd = uriOffset + requestUri.length;
	const versionOffset = line.lastIndexOf(version);
	const versionEnd = versionOffset + version.length;
	const defects = versionDefects(version, versionOffset);
	const oneSpace = (from: number, to: number) => {
		const blanks = line.slice(from, to);
		if (blanks !== ' ') defects.push(defect(from, 'blanks in request line', blanks, 'one space'));
	};
	oneSpace(method.length, uriOffset);
	oneSpace(uriEnd, versionOffset);
	if (/[ \t]/.test(requestUri)) {
		defects.push(defect(uriOffset, 'Request-URI', requestUri, 'a URI without blanks'));
	}
	if (requestUri.startsWith('<')) {
		defects.push(defect(uriOffset, 'Request-URI', requestUri, 'a URI without angle brackets'));
	}
	if (versionEnd < line.length) {
		const tail = line.slice(versionEnd);
		defects.push(defect(versionEnd, 'end of request line', tail, 'CRLF right after the version'));
	}
	return { startLine: { kind: 'request', method, requestUri, version } as const, defects };
}

function versionDefects(version: string, offset: number): Malformed[] {
	return version.toUpperCase() === 'SIP/2.0'
		? []
		: [defect(offset, 'SIP version', version, 'SIP/2.0')];
}

function defect(offset: number, field: string, value: string, expected: string): Malformed {
	return { layer: 'sip', offset, problem: { kind: 'bad-field', field, value, expected } };
}
