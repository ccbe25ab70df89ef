/** Which of the Contacts in a 200 is the phone's own, and for how long it was granted (RFC 3261 §10.3 step 8). */
import { parsedValue } from '../bytes/parsed-value.js';
import { canonicalAddress } from '../net/address.js';
import { firstHeader } from '../sip/header-fields.js';
import {
	type ContactAddress,
	type PlainContact,
	plainContact,
	readContacts,
} from '../sip/headers/contact.js';
import { readExpires } from '../sip/headers/expires.js';
import { topVia } from '../sip/headers/via.js';
import type { SipRequest, SipResponse } from '../sip/message.js';
import { contactsOf, requestedExpires, requestUriOf } from './register-request.js';

export interface GrantedBinding {
	/** The own Contact as the registrar lists it; undefined where the 200 lists none at all. */
	readonly contact: ContactAddress | undefined;
	/** Seconds granted; undefined where neither Contact nor Expires says so. */
	readonly expires: number | undefined;
}

/**
 * The phone's own binding in a 2xx: the same URI, else the same instance, else the same user part (an SBC or a registrar
 * that handles NAT may have changed the host), else the one Contact that names the server itself or where the REGISTER
 * came from: an SBC that hides the phone behind a token of its own. A 2xx without any Contact, or with one that cannot
 * be read, grants what was asked. Undefined where Contacts are listed and none is the phone's.
 */
export function ownBinding(
	request: SipRequest,
	response: SipResponse,
	server?: string,
): GrantedBinding | undefined {
	const listed = contactsOf(response);
	const header = parsedValue(readExpires(response));
	const unread = readContacts(response).some(({ ok }) => !ok);
	if (listed.length === 0)
		return { contact: undefined, expires: header ?? requestedExpires(request) };
	for (const matches of [sameUri, sameInstance, sameUser]) {
		const contact = newestOf(
			listed.filter((candidate) => contactsOf(request).some((own) => matches(own, candidate))),
		);
		if (contact !== undefined) return { contact, expires: contact.expires ?? header };
	}
	const contact =
		newestOf(
			listed.filter((candidate) => standsForPhone(candidate, { request, response, server })),
		) ?? justGranted(request, listed);
	if (contact !== undefined) return { contact, expires: contact.expires ?? header };
	return unread ? { contact: undefined, expires: header ?? requestedExpires(request) } : undefined;
}

/** Seconds for which the phone is bound by a 2xx, as `ownBinding` has it; undefined where it is not, or nothing says so. */
export function boundFor(request: SipRequest, response: SipResponse): number | undefined {
	return listedFor(plainContact(request), response) ?? ownBinding(request, response)?.expires;
}

/**
 * Seconds granted to a REGISTER that asked for a binding and got one, where both are written as nearly always: for less
 * than reading their Contacts. Undefined where a closer look has to tell.
 */
export function plainGrant(request: SipRequest, response: SipResponse): number | undefined {
	const asked = plainContact(request);
	const granted = listedFor(asked, response);
	if (granted === undefined || granted === 0) return undefined;
	// What is no number asks for no removal either.
	const wanted = asked?.expires ?? Number(firstHeader(request, 'expires')?.value);
	return wanted === 0 ? undefined : granted;
}

/** Nearly always it is the only one, and the very Contact that was sent: then nothing else can be the phone's own. */
function listedFor(asked: PlainContact | undefined, response: SipResponse): number | undefined {
	const listed = asked === undefined ? undefined : plainContact(response);
	return listed !== undefined && listed.uri === asked?.uri ? listed.expires : undefined;
}

/** The server's own address or domain, or the address it received the REGISTER from (RFC 3261 §18.2.1). */
function standsForPhone(
	{ uri }: ContactAddress,
	{
		request,
		response,
		server,
	}: {
		readonly request: SipRequest;
		readonly response: SipResponse;
		readonly server: string | undefined;
	},
): boolean {
	if (uri.host === undefined) return false;
	const host = canonicalAddress(uri.host);
	if (host === server || host === requestUriOf(request)?.host?.toLowerCase()) return true;
	const via = topVia(response);
	if (via?.received === undefined && via?.rport === undefined) return false;
	// Where the sent-by is right, received= may be left out.
	return host === canonicalAddress(via.received ?? via.sentBy.host) && uri.port === via.rport;
}

/** The only Contact of the list, with exactly the time that was asked for: that of another device has run on since. */
function justGranted(
	request: SipRequest,
	listed: readonly ContactAddress[],
): ContactAddress | undefined {
	const [only, ...others] = listed;
	if (only === undefined || others.length > 0) return undefined;
	const asked = requestedExpires(request);
	return asked !== undefined && asked > 0 && only.expires === asked ? only : undefined;
}

/** Among several bindings of one user the one with the most time left is the one just made. */
function newestOf(contacts: readonly ContactAddress[]): ContactAddress | undefined {
	return contacts.toSorted((a, b) => (b.expires ?? 0) - (a.expires ?? 0))[0];
}

/** RFC 3261 §19.1.4 as far as it matters here: user case-sensitive, host not, a missing port is the default one. */
function sameUri(a: ContactAddress, b: ContactAddress): boolean {
	return (
		a.uri.scheme === b.uri.scheme &&
		a.uri.user === b.uri.user &&
		a.uri.host?.toLowerCase() === b.uri.host?.toLowerCase() &&
		(a.uri.port ?? 5060) === (b.uri.port ?? 5060)
	);
}

function sameInstance(a: ContactAddress, b: ContactAddress): boolean {
	return a.instanceId !== undefined && a.instanceId === b.instanceId;
}

function sameUser(a: ContactAddress, b: ContactAddress): boolean {
	// Another instance of the same user is another device.
	if (a.instanceId !== undefined && b.instanceId !== undefined && !sameInstance(a, b)) return false;
	return a.uri.user !== undefined && a.uri.user === b.uri.user;
}
