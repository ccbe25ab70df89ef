import type { Parsed } from '../../bytes/malformed.js';
import type { SipMessage } from '../message.js';
import { TextCursor } from '../text-cursor.js';
import { readEvery } from './read-header.js';

/** One Warning value (RFC 3261 §20.43). */
export interface Warning {
	readonly code: number;
	/** Host, host:port or a pseudonym. */
	readonly agent: string;
	/** Unquoted; Latin-1. */
	readonly text: string;
}

/** Reads `399 registrar.example.com "too many bindings"`. */
export function parseWarning(value: string): Parsed<Warning> {
	const cursor = new TextCursor(value, 'warning');
	cursor.skipBlanks();
	const code = cursor.match(/\d{3}(?= )/y);
	if (code === undefined) {
		return { ok: false, malformed: cursor.failure('code', value, 'three digits and a space') };
	}
	cursor.skipBlanks();
	const agent = cursor.match(/[^ \t"]+/y);
	if (agent === undefined) {
		return { ok: false, malformed: cursor.failure('agent', cursor.rest, 'a host or pseudonym') };
	}
	cursor.skipBlanks();
	const text = cursor.peek() === '"' ? cursor.quoted() : undefined;
	if (text === undefined) {
		return { ok: false, malformed: cursor.failure('text', cursor.rest, 'a quoted text') };
	}
	return { ok: true, value: { code: Number(code), agent, text } };
}

/** Every Warning value of a message. */
export function readWarnings(message: SipMessage): readonly Parsed<Warning>[] {
	return readEvery(message, 'warning', parseWarning);
}
