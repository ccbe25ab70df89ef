/** Bindings in a 200 that the same phone made before, with another address or port. */
import { isPrivateAddress } from '../net/address.js';
import type { ContactAddress } from '../sip/headers/contact.js';
import type { SipRequest, SipResponse } from '../sip/message.js';
import type { SipUri } from '../sip/uri.js';
import type { Observed } from '../trace/observed.js';
import { lastTransaction } from './attempt-facts.js';
import { ownBinding } from './binding.js';
import { contactsOf } from './register-request.js';
import type { Attempt, Registration } from './registration.js';
import type { SourceIndex } from './source-index.js';

/** Attempts that are looked back to: older Contacts have run out. */
const MAX_ATTEMPTS = 200;

export interface StaleBindings {
	readonly own: ContactAddress;
	readonly stale: readonly ContactAddress[];
	readonly final: Observed<SipResponse>;
	/** The REGISTER by which this phone made one of them; undefined where only instance or address say so. */
	readonly earlier: Observed<SipRequest> | undefined;
}

export function staleBindings(
	attempt: Attempt,
	registration: Registration,
	index: SourceIndex,
): StaleBindings | undefined {
	const phone = lastTransaction(attempt)?.phone;
	const final = phone?.final;
	if (phone === undefined || final === undefined) return undefined;
	const { message } = phone.request;
	const own = ownBinding(message, final.message, phone.server.address)?.contact;
	if (own === undefined) return undefined;
	const asked = contactsOf(message).map(({ uri }) => keyOf(uri));
	const others = contactsOf(final.message).filter(
		({ uri, regId }) =>
			keyOf(uri) !== keyOf(own.uri) && !asked.includes(keyOf(uri)) && regId === undefined,
	);
	if (others.length === 0) return undefined;
	const before = earlierContacts(attempt, registration);
	const neighbours = contactsOfOthers(registration, index);
	const stale = others.filter(
		(other) =>
			before.has(keyOf(other.uri)) ||
			isSameInstance(own, other) ||
			(isSameHost(own, other) && !neighbours.has(keyOf(other.uri))),
	);
	const [made] = stale.flatMap(({ uri }) => before.get(keyOf(uri)) ?? []);
	return stale.length === 0 ? undefined : { own, stale, final, earlier: made };
}

function earlierContacts(
	attempt: Attempt,
	{ attempts }: Registration,
): ReadonlyMap<string, Observed<SipRequest>> {
	const found = new Map<string, Observed<SipRequest>>();
	const earlier = attempts.filter(({ number }) => number < attempt.number).slice(-MAX_ATTEMPTS);
	for (const { phone } of earlier.flatMap(({ transactions }) => transactions)) {
		for (const { uri } of contactsOf(phone.request.message)) found.set(keyOf(uri), phone.request);
	}
	return found;
}

/** What other devices of this address-of-record registered, which then is no leftover of this one. */
function contactsOfOthers(registration: Registration, index: SourceIndex): ReadonlySet<string> {
	const transactions = index
		.sharingAor(registration)
		.flatMap(({ attempts }) => attempts.slice(-MAX_ATTEMPTS))
		.flatMap((attempt) => attempt.transactions);
	return new Set(
		transactions.flatMap(({ phone }) =>
			contactsOf(phone.request.message).map(({ uri }) => keyOf(uri)),
		),
	);
}

function isSameInstance(own: ContactAddress, other: ContactAddress): boolean {
	return own.instanceId !== undefined && own.instanceId === other.instanceId;
}

/**
 * The very host and user with another port, and no instance that would tell two phones apart. Only an address of its
 * own network: a public one may be that of a router with several phones behind it.
 */
function isSameHost(own: ContactAddress, other: ContactAddress): boolean {
	if (own.instanceId !== undefined || other.instanceId !== undefined) return false;
	if (own.uri.host === undefined || !isPrivateAddress(own.uri.host)) return false;
	return own.uri.host === other.uri.host && own.uri.user === other.uri.user;
}

function keyOf({ user, host, port }: SipUri): string {
	return `${user ?? ''}@${host?.toLowerCase() ?? ''}:${port ?? ''}`;
}
