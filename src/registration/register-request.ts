/** What one REGISTER asks for (RFC 3261 §10.2): whose address-of-record, which Contacts, for how long, from which device. */

import { parsedValue, parsedValues } from '../bytes/parsed-value.js';
import type { Endpoint } from '../net/endpoint.js';
import { firstHeader } from '../sip/header-fields.js';
import { type ContactAddress, readContacts } from '../sip/headers/contact.js';
import { readExpires } from '../sip/headers/expires.js';
import { findToUri } from '../sip/headers/from-to.js';
import { knownOf } from '../sip/known-of.js';
import type { SipMessage, SipRequest } from '../sip/message.js';
import { addressOfRecord, parseUri, type SipUri } from '../sip/uri.js';

/** RFC 3261 §10.2: add or refresh bindings, remove them, or only ask which there are. */
export type RegisterPurpose = 'bind' | 'remove' | 'query';

/** The canonical address-of-record of the To header field; undefined where it cannot be read. */
export function aorOf(message: SipMessage): string | undefined {
	return knownOf(message, aorIn);
}

function aorIn(message: SipMessage): string | undefined {
	const plain = plainAor(firstHeader(message, 'to')?.value ?? '');
	if (plain !== undefined) return plain;
	const uri = findToUri(message);
	return uri === undefined ? undefined : addressOfRecord(uri);
}

const PLAIN_TO = /^<(sips?:[A-Za-z0-9_.+-]+@)([A-Za-z0-9.-]+)>(?:;tag=[A-Za-z0-9._+-]+)?$/;

/** The canonical address-of-record of a To value with nothing in it but user, host and tag, as nearly all are. */
export function plainAor(to: string): string | undefined {
	const match = PLAIN_TO.exec(to);
	if (match === null) return undefined;
	const [, user = '', host = ''] = match;
	return user + host.toLowerCase();
}

/** The Contacts of a REGISTER or of its 2xx, without the wildcard and what cannot be read. */
export function contactsOf(message: SipMessage): readonly ContactAddress[] {
	return knownOf(message, addressesIn);
}

function addressesIn(message: SipMessage): readonly ContactAddress[] {
	return parsedValues(readContacts(message)).flatMap((contact) =>
		contact.kind === 'address' ? [contact] : [],
	);
}

/** RFC 3261 §10.2.1.1: the expires parameter of the Contact, else the Expires header field; seconds. */
export function requestedExpires(request: SipRequest): number | undefined {
	const [contact] = contactsOf(request);
	return contact?.expires ?? parsedValue(readExpires(request));
}

/** A REGISTER whose every Contact expires at once removes; one without Contact asks (RFC 3261 §10.2.2, §10.2.3). */
export function purposeOf(request: SipRequest): RegisterPurpose {
	const contacts = contactsOf(request);
	if (contacts.length === 0) {
		// An unreadable Contact is still one: the phone wants to be bound.
		if (firstHeader(request, 'contact') === undefined) return 'query';
		const wildcard = parsedValues(readContacts(request)).some(({ kind }) => kind === 'wildcard');
		return wildcard ? 'remove' : 'bind';
	}
	const header = parsedValue(readExpires(request));
	return contacts.every((contact) => (contact.expires ?? header) === 0) ? 'remove' : 'bind';
}

/** The +sip.instance of a Contact of the request (RFC 5626 §4.1), without quotes and brackets. */
export function instanceIdOf(request: SipMessage): string | undefined {
	// Most have none, and their Contacts need not be read for it.
	if (instanceText(request) === undefined) return undefined;
	return contactsOf(request).find(({ instanceId }) => instanceId !== undefined)?.instanceId;
}

/** The +sip.instance as written; of two ways to write the same one the full reading tells. */
export function instanceText({ wire }: SipMessage): string | undefined {
	// The plus alone is found sooner than the name in any case.
	return wire.includes('+') ? /\+sip\.instance[^;\r\n]*/i.exec(wire)?.[0] : undefined;
}

/** User, address and port that a request was sent to: two of one target show the same. */
export function requestTarget(requestUri: string, dst: Endpoint): string {
	const user = parsedValue(parseUri(requestUri))?.user ?? '';
	return `${user}@${dst.address}:${dst.port}`;
}

/** The Request-URI as a URI, where it can be read. */
export function requestUriOf(request: SipRequest): SipUri | undefined {
	return parsedValue(parseUri(request.requestUri));
}
