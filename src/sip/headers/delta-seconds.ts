import type { Parsed } from '../../bytes/malformed.js';
import { trimBlanks } from '../blanks.js';
import { TextCursor } from '../text-cursor.js';

/** Reads delta-seconds: digits up to 2^32-1 (RFC 3261 §20.19). More is malformed and never wraps. */
export function parseDeltaSeconds(value: string, layer: string): Parsed<number> {
	const digits = trimBlanks(value);
	const seconds = Number(digits);
	if (/^\d+$/.test(digits) && seconds <= 0xffff_ffff) return { ok: true, value: seconds };
	const cursor = new TextCursor(value, layer);
	const expected = 'a number of seconds up to 4294967295';
	return { ok: false, malformed: cursor.failure('delta-seconds', value, expected) };
}
