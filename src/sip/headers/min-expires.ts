import type { Parsed } from '../../bytes/malformed.js';
import type { SipMessage } from '../message.js';
import { parseDeltaSeconds } from './delta-seconds.js';
import { readFirst } from './read-header.js';

/** Reads a Min-Expires value, in seconds (RFC 3261 §20.23). */
export function parseMinExpires(value: string): Parsed<number> {
	return parseDeltaSeconds(value, 'min-expires');
}

/** The Min-Expires of a 423, in seconds; undefined where it has none. */
export function readMinExpires(message: SipMessage): Parsed<number> | undefined {
	return readFirst(message, 'min-expires', parseMinExpires);
}
