import type { Parsed } from '../../bytes/malformed.js';
import { remembered } from '../../bytes/remembered.js';
import type { SipMessage } from '../message.js';
import { TextCursor } from '../text-cursor.js';
import { readFirst } from './read-header.js';

/** CSeq (RFC 3261 §20.16). */
export interface CSeq {
	readonly number: number;
	readonly method: string;
}

/**
 * Reads a CSeq value. The number must fit 32 bits (RFC 4475 §3.1.2.4); one from 2^31 on breaks RFC 3261 §8.1.1.5 but
 * is read as it is, so that it can be reported.
 */
export function parseCSeq(value: string): Parsed<CSeq> {
	const cursor = new TextCursor(value, 'cseq');
	cursor.skipBlanks();
	const start = cursor.at;
	const digits = cursor.match(/\d+(?=[ \t])/y);
	if (digits === undefined || Number(digits) > 0xffff_ffff) {
		const expected = 'a sequence number up to 4294967295';
		return { ok: false, malformed: cursor.failure('number', digits ?? value, expected, start) };
	}
	cursor.skipBlanks();
	const method = cursor.token();
	cursor.skipBlanks();
	if (method === undefined || !cursor.atEnd()) {
		return { ok: false, malformed: cursor.failure('method', cursor.rest, 'one method') };
	}
	return { ok: true, value: { number: Number(digits), method } };
}

const readValue = remembered(parseCSeq);

/** The CSeq of a message; undefined where it has none. */
export function readCSeq(message: SipMessage): Parsed<CSeq> | undefined {
	return readFirst(message, 'cseq', readValue);
}
