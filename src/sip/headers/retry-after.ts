import type { Parsed } from '../../bytes/malformed.js';
import type { SipMessage } from '../message.js';
import { readParameters } from '../parameters.js';
import { TextCursor } from '../text-cursor.js';
import { parseDeltaSeconds } from './delta-seconds.js';
import { readFirst } from './read-header.js';

/** Retry-After (RFC 3261 §20.33). */
export interface RetryAfter {
	readonly seconds: number;
	/** How long the server will be there from then on, in seconds. */
	readonly duration: number | undefined;
	readonly comment: string | undefined;
}

/** Reads `18000;duration=3600`, `120 (I'm in a meeting)`. */
export function parseRetryAfter(value: string): Parsed<RetryAfter> {
	const cursor = new TextCursor(value, 'retry-after');
	cursor.skipBlanks();
	const seconds = parseDeltaSeconds(cursor.match(/[^ \t;(]+/y) ?? '', 'retry-after');
	if (!seconds.ok) return seconds;
	cursor.skipBlanks();
	const comment = cursor.match(/\([^)]*\)/y)?.slice(1, -1);
	const { parameters, malformed } = readParameters(cursor);
	if (malformed !== undefined) return { ok: false, malformed };
	const written = parameters.get('duration');
	const duration =
		written === undefined ? undefined : parseDeltaSeconds(written, 'retry-after duration');
	if (duration?.ok === false) return duration;
	return { ok: true, value: { seconds: seconds.value, duration: duration?.value, comment } };
}

/** The Retry-After of a response; undefined where it has none. */
export function readRetryAfter(message: SipMessage): Parsed<RetryAfter> | undefined {
	return readFirst(message, 'retry-after', parseRetryAfter);
}
