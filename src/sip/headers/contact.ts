import type { Malformed, Parsed } from '../../bytes/malformed.js';
import { remembered } from '../../bytes/remembered.js';
import { headerFields } from '../header-fields.js';
import { knownOf } from '../known-of.js';
import type { SipMessage } from '../message.js';
import type { Parameters } from '../parameters.js';
import { TextCursor } from '../text-cursor.js';
import { parseDeltaSeconds } from './delta-seconds.js';
import { type NameAddr, readNameAddr } from './name-addr.js';
import { readEvery } from './read-header.js';

/** One Contact value of a REGISTER or its response (RFC 3261 §20.10, RFC 5626 §4.1). */
export type Contact = { readonly kind: 'wildcard' } | ContactAddress;

export interface ContactAddress extends NameAddr {
	readonly kind: 'address';
	/** The `expires` parameter in seconds; `message-expires` is something else. */
	readonly expires: number | undefined;
	readonly q: number | undefined;
	/** `+sip.instance` without quotes and angle brackets: `urn:uuid:…`. */
	readonly instanceId: string | undefined;
	readonly regId: number | undefined;
}

/** A Contact of which nothing needs a closer look. */
export interface PlainContact {
	/** As it stands between the angle brackets. */
	readonly uri: string;
	readonly host: string;
	readonly port: number | undefined;
	readonly expires: number | undefined;
}

const PLAIN =
	/^<(sips?:[A-Za-z0-9_.+-]+@([A-Za-z0-9.-]+)(?::([1-5]?\d{1,4}))?(?:;[a-z]+(?:=[A-Za-z0-9.-]+)?)?)>(?:;expires=(\d{1,9}))?$/;

/** The only Contact of a message, where it is written as nearly all phones and registrars do: for less than reading it. */
export function plainContact(message: SipMessage): PlainContact | undefined {
	const [field, another] = headerFields(message, 'contact');
	const match = field === undefined || another !== undefined ? null : PLAIN.exec(field.value);
	if (match === null) return undefined;
	return {
		uri: match[1] ?? '',
		host: match[2] ?? '',
		port: numberIn(match[3]),
		expires: numberIn(match[4]),
	};
}

function numberIn(digits: string | undefined): number | undefined {
	return digits === undefined ? undefined : Number(digits);
}

/** Reads one Contact value. */
export function parseContact(value: string): Parsed<Contact> {
	const cursor = new TextCursor(value, 'contact');
	if (/^[ \t]*\*[ \t]*$/.test(value)) return { ok: true, value: { kind: 'wildcard' } };
	const address = readNameAddr(cursor);
	if (!address.ok) return address;
	const { parameters } = address.value;
	const expires = readExpiresParameter(parameters);
	if (expires?.ok === false) return expires;
	const q = parameters.get('q');
	if (q !== undefined && !/^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(q)) {
		return fail(cursor.failure('q', q, 'a number from 0 to 1'));
	}
	const regId = parameters.get('reg-id');
	if (regId !== undefined && !/^\d{1,10}$/.test(regId)) {
		return fail(cursor.failure('reg-id', regId, 'a number'));
	}
	return {
		ok: true,
		value: {
			kind: 'address',
			...address.value,
			expires: expires?.value,
			q: q === undefined ? undefined : Number(q),
			instanceId: parameters.get('+sip.instance')?.replace(/^<(.*)>$/, '$1'),
			regId: regId === undefined ? undefined : Number(regId),
		},
	};
}

function readExpiresParameter(parameters: Parameters): Parsed<number> | undefined {
	if (!parameters.has('expires')) return undefined;
	return parseDeltaSeconds(parameters.get('expires') ?? '', 'contact expires');
}

const readContact = remembered(parseContact);

/** Every Contact value of a message, over all its lines. */
export function readContacts(message: SipMessage): readonly Parsed<Contact>[] {
	return knownOf(message, contactsIn);
}

function contactsIn(message: SipMessage): readonly Parsed<Contact>[] {
	return readEvery(message, 'contact', readContact);
}

function fail(malformed: Malformed): { readonly ok: false; readonly malformed: Malformed } {
	return { ok: false, malformed };
}
