import { trimBlanks } from './blanks.js';
import type { HeaderField, SipMessage } from './message.js';

/** Every header field with this id (full name, lower case), in order. */
export function headerFields(message: SipMessage, id: string): readonly HeaderField[] {
	return message.fieldsWith?.(id) ?? message.headers.filter((field) => field.id === id);
}

/** The header fields with one of two ids, in the order of their lines. */
export function eitherField(message: SipMessage, a: string, b: string): readonly HeaderField[] {
	const [first, second] = [headerFields(message, a), headerFields(message, b)];
	if (second.length === 0) return first;
	return [...first, ...second].toSorted((one, other) => one.offset - other.offset);
}

/** The values of every header field with this id (full name, lower case), one per line, in order. */
export function headerValues(message: SipMessage, id: string): readonly string[] {
	return headerFields(message, id).map((field) => field.value);
}

/** The first header field with this id (full name, lower case). */
export function firstHeader(message: SipMessage, id: string): HeaderField | undefined {
	return headerFields(message, id)[0];
}

/**
 * The values of a comma-separated header field (RFC 3261 §7.3.1). Commas within quotes and angle brackets do not
 * separate; empty elements are dropped; an unbalanced quote runs to the end.
 */
export function splitValues(value: string): readonly string[] {
	const parts: string[] = [];
	let start = 0;
	let quoted = false;
	let bracketed = false;
	for (let at = 0; at < value.length; at += 1) {
		const character = value[at];
		if (quoted) {
			if (character === '\\') at += 1;
			else if (character === '"') quoted = false;
		} else if (character === '"') {
			quoted = true;
		} else if (character === '<' || character === '>') {
			bracketed = character === '<';
		} else if (character === ',' && !bracketed) {
			parts.push(value.slice(start, at));
			start = at + 1;
		}
	}
	parts.push(value.slice(start));
	return parts.map(trimBlanks).filter((part) => part !== '');
}
