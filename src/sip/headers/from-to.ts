import type { Parsed } from '../../bytes/malformed.js';
import { remembered } from '../../bytes/remembered.js';
import { trimBlanks } from '../blanks.js';
import { firstHeader } from '../header-fields.js';
import { knownOf } from '../known-of.js';
import type { SipMessage } from '../message.js';
import { TextCursor } from '../text-cursor.js';
import { parseUri, type SipUri } from '../uri.js';
import { type NameAddr, readNameAddr } from './name-addr.js';
import { readFirst } from './read-header.js';

/** A From or To value (RFC 3261 §20.20, §20.39). */
export interface FromTo extends NameAddr {
	readonly tag: string | undefined;
}

/** Reads a From value. */
export function parseFrom(value: string): Parsed<FromTo> {
	return parse(value, 'from');
}

/** Reads a To value. */
export function parseTo(value: string): Parsed<FromTo> {
	return parse(value, 'to');
}

const readFromValue = remembered(parseFrom);
const readToValue = remembered(parseTo);

/** The From of a message; undefined where it has none. */
export function readFrom(message: SipMessage): Parsed<FromTo> | undefined {
	return knownOf(message, fromIn);
}

function fromIn(message: SipMessage): Parsed<FromTo> | undefined {
	return readFirst(message, 'from', readFromValue);
}

/** The To of a message; undefined where it has none. */
export function readTo(message: SipMessage): Parsed<FromTo> | undefined {
	return knownOf(message, toIn);
}

function toIn(message: SipMessage): Parsed<FromTo> | undefined {
	return readFirst(message, 'to', readToValue);
}

/**
 * The To URI of a message, also where its display name or parameters are malformed: whose registration it is must not
 * be lost to a quote. Undefined where the URI itself cannot be read.
 */
export function findToUri(message: SipMessage): SipUri | undefined {
	const strict = readTo(message);
	if (strict === undefined || strict.ok) return strict?.value.uri;
	const text = firstHeader(message, 'to')?.value ?? '';
	const bracketed = text.slice(text.lastIndexOf('<') + 1).split('>', 1)[0] ?? '';
	const uri = parseUri(trimBlanks(bracketed));
	return uri.ok ? uri.value : undefined;
}

function parse(value: string, layer: 'from' | 'to'): Parsed<FromTo> {
	const read = readNameAddr(new TextCursor(value, layer));
	if (!read.ok) return read;
	return { ok: true, value: { ...read.value, tag: read.value.parameters.get('tag') } };
}
