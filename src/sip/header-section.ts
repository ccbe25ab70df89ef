/*
 * The head of a SIP message, start-line and header fields (RFC 3261 §7.3), read laxly from Latin-1 text: one character
 * is one byte, so every offset is a byte offset.
 */
import type { Malformed } from '../bytes/malformed.js';
import { remembered } from '../bytes/remembered.js';
import { isBlank, trimBlanks } from './blanks.js';
import { headerId } from './compact-forms.js';
import type { HeaderField } from './message.js';
import { readStartLine, type StartLine } from './start-line.js';

/** More header fields than any real message has; the rest is dropped and said. */
export const MAX_HEADER_FIELDS = 4096;
/** Defects kept a message: the first ones tell, a hostile message could bring thousands. */
const MAX_DEFECTS = 64;

export interface Head {
	readonly startLine: StartLine;
	readonly headers: readonly HeaderField[];
	readonly defects: Malformed[];
	/** Offset of the first byte behind the empty line. */
	readonly bodyStart: number;
}

interface Line {
	readonly text: string;
	readonly offset: number;
	/** Offset of the following line. */
	readonly next: number;
	readonly ending: 'crlf' | 'lf' | 'none';
}

interface Field {
	readonly offset: number;
	/** The first line and its folded continuations, each without blanks at its ends, joined by one space. */
	text: string;
}

/** Reads the head of a message from `text`; undefined where it does not begin with a start-line. */
export function readHead(text: string): Head | undefined {
	const first = lineAt(text, 0);
	const read = readStartLine(first.text);
	if (read === undefined) return undefined;
	const defects = [...read.defects];
	let bareLineFeedAt = first.ending === 'lf' ? first.offset + first.text.length : undefined;
	let ended = false;
	let at = first.next;
	const fields: Field[] = [];
	while (at < text.length && !ended) {
		const line = lineAt(text, at);
		at = line.next;
		if (line.ending === 'lf') bareLineFeedAt ??= line.offset + line.text.length;
		ended = line.text === '' && line.ending !== 'none';
		if (!ended) addLine(fields, line, defects);
	}
	if (bareLineFeedAt !== undefined) {
		defects.push(badField(bareLineFeedAt, 'line end', 'LF', 'CRLF'));
	}
	if (!ended) {
		defects.push(badField(text.length, 'end of the header fields', '', 'an empty line'));
	}
	const headers: HeaderField[] = [];
	for (const { offset, text: unfolded } of fields) {
		const field = headerField(offset, unfolded, defects);
		if (field !== undefined) headers.push(field);
	}
	if (defects.length > MAX_DEFECTS) defects.length = MAX_DEFECTS;
	return { startLine: read.startLine, headers, defects, bodyStart: at };
}

/** The first line of a text, without its line end. */
export function firstLine(text: string): string {
	return lineAt(text, 0).text;
}

/** Puts a line where it belongs: a new field, or the rest of a folded one (RFC 3261 §7.3.1). */
function addLine(fields: Field[], line: Line, defects: Malformed[]): void {
	const last = fields.at(-1);
	if (isBlank(line.text[0])) {
		if (last === undefined) {
			defects.push(badField(line.offset, 'header field', line.text, 'a name before folding'));
		} else {
			last.text += ` ${trimBlanks(line.text)}`;
		}
		return;
	}
	if (fields.length < MAX_HEADER_FIELDS) {
		fields.push({ offset: line.offset, text: trimBlanks(line.text) });
	} else if (defects.length <= MAX_DEFECTS) {
		const expected = `at most ${MAX_HEADER_FIELDS} header fields`;
		defects.push(badField(line.offset, 'header field', line.text.slice(0, 64), expected));
	}
}

/** Names are few, and their lines are many. */
const readName = remembered((name: string) => ({
	id: headerId(name),
	isToken: /^[A-Za-z0-9\-.!%*_+`'~]+$/.test(name),
}));

function headerField(
	offset: number,
	unfolded: string,
	defects: Malformed[],
): HeaderField | undefined {
	const colon = unfolded.indexOf(':');
	if (colon < 0) {
		defects.push(badField(offset, 'header field', unfolded.slice(0, 200), 'name: value'));
		return undefined;
	}
	// Blanks before the colon are legal (HCOLON, RFC 3261 §25.1).
	const name = trimBlanks(unfolded.slice(0, colon));
	const { id, isToken } = readName(name);
	if (!isToken) {
		defects.push(badField(offset, 'header field name', name.slice(0, 200), 'a token'));
	}
	if (name === '') return undefined;
	return { name, id, value: trimBlanks(unfolded.slice(colon + 1)), offset };
}

function lineAt(text: string, offset: number): Line {
	const feed = text.indexOf('\n', offset);
	if (feed < 0) {
		const rest = text.slice(offset);
		return { text: rest.replace(/\r$/, ''), offset, next: text.length, ending: 'none' };
	}
	const crlf = feed > offset && text[feed - 1] === '\r';
	const end = crlf ? feed - 1 : feed;
	return { text: text.slice(offset, end), offset, next: feed + 1, ending: crlf ? 'crlf' : 'lf' };
}

function badField(offset: number, field: string, value: string, expected: string): Malformed {
	return { layer: 'sip', offset, problem: { kind: 'bad-field', field, value, expected } };
}
