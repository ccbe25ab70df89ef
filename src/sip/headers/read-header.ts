import type { Parsed } from '../../bytes/malformed.js';
import { firstHeader, headerFields, splitValues } from '../header-fields.js';
import type { SipMessage } from '../message.js';

/** The first header field with this id, read; undefined where the message has none. */
export function readFirst<T>(
	message: SipMessage,
	id: string,
	parse: (value: string) => Parsed<T>,
): Parsed<T> | undefined {
	const field = firstHeader(message, id);
	return field === undefined ? undefined : parse(field.value);
}

/** Every value of a comma-separated header field, over all its lines (RFC 3261 §7.3.1), each read by itself. */
export function readEvery<T>(
	message: SipMessage,
	id: string,
	parse: (value: string) => Parsed<T>,
): readonly Parsed<T>[] {
	const values: Parsed<T>[] = [];
	for (const { value: line } of headerFields(message, id)) {
		// Nearly every line holds one value.
		if (line !== '' && !line.includes(',')) values.push(parse(line));
		else for (const value of splitValues(line)) values.push(parse(value));
	}
	return values;
}
