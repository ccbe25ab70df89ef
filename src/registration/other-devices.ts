/** What other devices of one address-of-record do to a binding. */
import { parsedValues } from '../bytes/parsed-value.js';
import { sameEndpoint } from '../net/endpoint.js';
import { readContacts } from '../sip/headers/contact.js';
import type { SipRequest, SipResponse } from '../sip/message.js';
import type { SipUri } from '../sip/uri.js';
import { elapsedMs, type Instant } from '../time/instant.js';
import type { Observed } from '../trace/observed.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { lastTransaction } from './attempt-facts.js';
import { contactsOf, purposeOf } from './register-request.js';
import type { Attempt, Registration } from './registration.js';
import type { SourceIndex } from './source-index.js';

const DEFAULT_PORT = 5060;

/** Transactions of another device that are looked at, the latest: a scanner has thousands. */
const MAX_TRANSACTIONS = 50;

/** REGISTERs of other devices that were accepted while the attempt's binding lasted, in order of time. */
function acceptedMeanwhile(
	attempt: Attempt,
	registration: Registration,
	index: SourceIndex,
): readonly Accepted[] {
	const bound = lastTransaction(attempt)?.phone.final;
	const expires = attempt.grantedExpires;
	if (bound === undefined || expires === undefined) return [];
	const own = lastTransaction(attempt)?.phone;
	const removedAt = removalAfter(bound.at, registration);
	return index
		.sharingAor(registration)
		.flatMap((other) => transactionsOf(other))
		.flatMap(accepted)
		.filter(
			({ request, final }) =>
				isWithin(final.at, bound.at, expires) &&
				final.at < removedAt &&
				own !== undefined &&
				!sameEndpoint(request.src, own.client),
		)
		.toSorted((a, b) => a.final.at - b.final.at);
}

/** When the device itself gave its binding up; infinite where it did not. */
function removalAfter(at: Instant, registration: Registration): Instant {
	const removal = transactionsOf(registration).find(
		({ request }) => request.at > at && purposeOf(request.message) === 'remove',
	);
	return removal?.request.at ?? Number.POSITIVE_INFINITY;
}

interface Accepted {
	readonly request: Observed<SipRequest>;
	readonly final: Observed<SipResponse>;
}

function accepted({ request, final }: ClientTransaction): Accepted[] {
	return final === undefined || final.message.statusCode >= 300 ? [] : [{ request, final }];
}

function transactionsOf({ attempts }: Registration): readonly ClientTransaction[] {
	return attempts
		.slice(-MAX_TRANSACTIONS)
		.flatMap(({ transactions }) => transactions)
		.map(({ phone }) => phone);
}

function isWithin(at: Instant, from: Instant, seconds: number): boolean {
	const ms = elapsedMs(from, at);
	return ms > 0 && ms < seconds * 1000;
}

export interface Removal extends Accepted {
	readonly bound: Observed<SipResponse>;
}

/** `Contact: *` of another device, accepted while this binding lasted and not made good by a later one of its own. */
export function removalByOthers(
	attempt: Attempt,
	registration: Registration,
	index: SourceIndex,
): Removal | undefined {
	const bound = lastTransaction(attempt)?.phone.final;
	if (bound === undefined) return undefined;
	const found = acceptedMeanwhile(attempt, registration, index).find(({ request }) =>
		parsedValues(readContacts(request.message)).some(({ kind }) => kind === 'wildcard'),
	);
	return found === undefined ? undefined : { ...found, bound };
}

export interface Replacement {
	readonly bound: Observed<SipResponse>;
	readonly own: SipUri;
	readonly by: Observed<SipRequest>;
	readonly listed: Observed<SipResponse>;
	/** A response of this source that lists somebody else's binding: the server lists all; undefined where none is. */
	readonly listsAll: Observed<SipResponse> | undefined;
}

/** Another device bound itself, and the list that it was given lacks this phone's Contact; undefined otherwise. */
export function replacement(
	attempt: Attempt,
	registration: Registration,
	index: SourceIndex,
): Replacement | undefined {
	const phone = lastTransaction(attempt)?.phone;
	const bound = phone?.final;
	const [own] = bound === undefined || phone === undefined ? [] : contactsOf(phone.request.message);
	if (bound === undefined || phone === undefined || own === undefined) return undefined;
	// A phone that is listed otherwise than it wrote itself cannot be looked for in lists of others.
	if (!lists(bound, own.uri)) return undefined;
	const found = acceptedMeanwhile(attempt, registration, index).find(
		({ request, final }) =>
			purposeOf(request.message) === 'bind' &&
			!final.cut &&
			contactsOf(final.message).length > 0 &&
			!lists(final, own.uri),
	);
	if (found === undefined) return undefined;
	const all = [
		...transactionsOf(registration),
		...index.sharingAor(registration).flatMap(transactionsOf),
	].flatMap(accepted);
	return {
		...{ bound, own: own.uri, by: found.request, listed: found.final },
		listsAll: all.find(listsAnother)?.final,
	};
}

function lists({ message }: Observed<SipResponse>, own: SipUri): boolean {
	return contactsOf(message).some(
		({ uri }) => uri.host === own.host && (uri.port ?? DEFAULT_PORT) === (own.port ?? DEFAULT_PORT),
	);
}

/** More Contacts than the REGISTER asked for. */
function listsAnother({ request, final }: Accepted): boolean {
	return contactsOf(final.message).length > contactsOf(request.message).length;
}
