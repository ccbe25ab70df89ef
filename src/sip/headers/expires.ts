import type { Parsed } from '../../bytes/malformed.js';
import type { SipMessage } from '../message.js';
import { parseDeltaSeconds } from './delta-seconds.js';
import { readFirst } from './read-header.js';

/** Reads an Expires value, in seconds (RFC 3261 §20.19). */
export function parseExpires(value: string): Parsed<number> {
	return parseDeltaSeconds(value, 'expires');
}

/** The Expires header field of a message, in seconds; undefined where it has none. */
export function readExpires(message: SipMessage): Parsed<number> | undefined {
	return readFirst(message, 'expires', parseExpires);
}
