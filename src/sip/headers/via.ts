import type { Malformed, Parsed } from '../../bytes/malformed.js';
import { remembered } from '../../bytes/remembered.js';
import { canonicalAddress } from '../../net/address.js';
import { knownOf } from '../known-of.js';
import type { SipMessage } from '../message.js';
import { type Parameters, readParameters } from '../parameters.js';
import { TextCursor } from '../text-cursor.js';
import { type HostPort, splitHostPort } from '../uri.js';
import { readEvery } from './read-header.js';

/** One Via value (RFC 3261 §20.42, RFC 3581). */
export interface Via {
	/** `SIP/2.0`, blanks removed. */
	readonly protocol: string;
	/** As written: `UDP`, `TLS`, `WS`. */
	readonly transport: string;
	/** IPv6 without brackets; port undefined where none was written. */
	readonly sentBy: HostPort;
	readonly branch: string | undefined;
	/** IPv6 as `sentBy` has it: RFC 5118 §4.5 accepts it with and without brackets. */
	readonly received: string | undefined;
	/** `requested`: an empty `rport` (RFC 3581 §3). */
	readonly rport: 'requested' | number | undefined;
	/** IPv6 without brackets as well. */
	readonly maddr: string | undefined;
	readonly ttl: number | undefined;
	/** All parameters, those above too, as written. */
	readonly parameters: Parameters;
}

const MAGIC_COOKIE = 'z9hG4bK';

/** A branch that is unique in space and time (RFC 3261 §8.1.1.7); undefined for one that is not. */
export function uniqueBranch(branch: string | undefined): string | undefined {
	return branch?.startsWith(MAGIC_COOKIE) === true ? branch : undefined;
}

/** Reads one Via value. */
export function parseVia(value: string): Parsed<Via> {
	const cursor = new TextCursor(value, 'via');
	cursor.skipBlanks();
	const start = cursor.at;
	const words = [cursor.token()];
	while (words.length < 3 && cursor.take('/')) words.push(cursor.token());
	const [name, version, transport] = words;
	if (name === undefined || version === undefined || transport === undefined) {
		return fail(cursor.failure('protocol', value.slice(start), 'SIP/2.0/transport', start));
	}
	const blank = cursor.at;
	cursor.skipBlanks();
	if (blank === cursor.at) {
		return fail(cursor.failure('sent-by', cursor.rest, 'a blank after the transport'));
	}
	const sentByStart = cursor.at;
	const written = cursor.match(/[^;]+/y) ?? '';
	// COLON may have blanks around it (RFC 3261 §25.1).
	const sentBy = splitHostPort(written.replace(/[ \t]+/g, ''));
	if (typeof sentBy === 'string')
		return fail(cursor.failure('sent-by', written, sentBy, sentByStart));
	const { parameters, malformed } = readParameters(cursor);
	if (malformed !== undefined) return fail(malformed);
	const numbers = readNumbers(cursor, parameters);
	if (!numbers.ok) return numbers;
	return {
		ok: true,
		value: {
			protocol: `${name}/${version}`,
			transport,
			sentBy,
			branch: parameters.get('branch'),
			received: addressIn(parameters.get('received')),
			...numbers.value,
			maddr: addressIn(parameters.get('maddr')),
			parameters,
		},
	};
}

function addressIn(written: string | undefined): string | undefined {
	return written?.includes(':') === true ? canonicalAddress(written) : written;
}

function readNumbers(
	cursor: TextCursor,
	parameters: Parameters,
): Parsed<Pick<Via, 'rport' | 'ttl'>> {
	const rport = parameters.get('rport');
	const ttl = parameters.get('ttl');
	if (rport !== undefined && !isNumberUpTo(rport, 65_535)) {
		return fail(cursor.failure('rport', rport, 'a port up to 65535 or no value'));
	}
	if (ttl !== undefined && !isNumberUpTo(ttl, 255)) {
		return fail(cursor.failure('ttl', ttl, 'a number up to 255'));
	}
	const requested = parameters.has('rport') ? 'requested' : undefined;
	return {
		ok: true,
		value: {
			rport: rport === undefined ? requested : Number(rport),
			ttl: ttl === undefined ? undefined : Number(ttl),
		},
	};
}

const readVia = remembered(parseVia);

/** Every Via value from the top one down, over all lines. */
export function readVias(message: SipMessage): readonly Parsed<Via>[] {
	return knownOf(message, viasIn);
}

function viasIn(message: SipMessage): readonly Parsed<Via>[] {
	return readEvery(message, 'via', readVia);
}

/** The topmost Via; undefined where there is none or it cannot be read. */
export function topVia(message: SipMessage): Via | undefined {
	const [top] = readVias(message);
	return top?.ok === true ? top.value : undefined;
}

function isNumberUpTo(text: string, limit: number): boolean {
	return /^\d{1,5}$/.test(text) && Number(text) <= limit;
}

function fail(malformed: Malformed): { readonly ok: false; readonly malformed: Malformed } {
	return { ok: false, malformed };
}
