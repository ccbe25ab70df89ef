import type { Parsed } from '../../bytes/malformed.js';
import { firstHeader } from '../header-fields.js';
import type { SipMessage } from '../message.js';
import { TextCursor } from '../text-cursor.js';

const WORD = '[A-Za-z0-9\\-.!%*_+`\'~()<>:\\\\"/[\\]?{}]+';
const CALL_ID = new RegExp(`^${WORD}(?:@${WORD})?$`);

/** Reads a Call-ID value: `word [ "@" word ]`, compared case-sensitively (RFC 3261 §20.8). */
export function parseCallId(value: string): Parsed<string> {
	if (CALL_ID.test(value)) return { ok: true, value };
	const cursor = new TextCursor(value, 'call-id');
	return { ok: false, malformed: cursor.failure('Call-ID', value, 'word or word@word') };
}

/** The Call-ID of a message as written, well-formed or not: it identifies all the same. Undefined where there is none. */
export function readCallId(message: SipMessage): string | undefined {
	const value = firstHeader(message, 'call-id')?.value;
	return value === '' ? undefined : value;
}
