/*
 * The lines of one header field, found in the text of a message without reading the others: whoever wants a Contact or
 * the credentials of a message that nobody asks for more need not pay for all of it.
 */
import { trimBlanks } from './blanks.js';
import { compactForm, headerId } from './compact-forms.js';
import { MAX_HEADER_FIELDS } from './header-section.js';
import type { HeaderField } from './message.js';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;

/**
 * The header fields with this id (full name, lower case), as `readHead` gives them. Undefined where a line is folded, where
 * the head has no end, or more lines than are kept: that is for the full reading.
 */
export function fieldsIn(wire: string, id: string): readonly HeaderField[] | undefined {
	const initial = lower(id.charCodeAt(0));
	const compact = compactForm(id)?.charCodeAt(0) ?? initial;
	const fields: HeaderField[] = [];
	let start = wire.indexOf('\n') + 1;
	for (let lines = 0; start > 0 && lines < MAX_HEADER_FIELDS; lines += 1) {
		const first = wire.charCodeAt(start);
		const isEnd = first === LF || (first === CR && wire.charCodeAt(start + 1) === LF);
		if (isEnd) return fields;
		if (first === SPACE || first === TAB) return undefined;
		const letter = lower(first);
		if (letter === initial || letter === compact) {
			const field = fieldAt(wire, start, id);
			if (field !== undefined) fields.push(field);
		}
		start = wire.indexOf('\n', start) + 1;
	}
	return undefined;
}

/** A letter in lower case; what is none is only compared with what was made of another in the same way. */
function lower(code: number): number {
	return code | 0x20;
}

/** The field of the line at `start`, where it is one with this id. */
function fieldAt(wire: string, start: number, id: string): HeaderField | undefined {
	const feed = wire.indexOf('\n', start);
	const line = wire.slice(start, wire.charCodeAt(feed - 1) === CR ? feed - 1 : feed);
	// Looked for in the line alone: hostile lines without a colon would each be searched to the end of the message.
	const colon = line.indexOf(':');
	const name = trimBlanks(line.slice(0, Math.max(colon, 0)));
	if (headerId(name) !== id) return undefined;
	return { name, id, value: trimBlanks(line.slice(colon + 1)), offset: start };
}
