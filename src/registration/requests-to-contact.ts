import type { SipRequest } from '../sip/message.js';
import type { Observed } from '../trace/observed.js';
import { groupedBy } from './lists-by-key.js';
import { contactsOf, requestTarget } from './register-request.js';
import type { Registration } from './registration.js';

const DEFAULT_PORT = 5060;

/** Requests by whom they are for: user of the Request-URI, address and port that they were sent to. */
export type RequestsByTarget = ReadonlyMap<string, readonly Observed<SipRequest>[]>;

/** Sorts requests other than REGISTER once, so that no registration has to look at those of all others. */
export function requestsByTarget(requests: readonly Observed<SipRequest>[]): RequestsByTarget {
	// User and port as well: another host of the registrar's own network may have the same private address.
	return groupedBy(requests, ({ message, dst }) => requestTarget(message.requestUri, dst));
}

/** The requests that were sent to a Contact which a registration bound or asked for, in order of their frames. */
export function requestsToContact(
	{ attempts }: Registration,
	byTarget: RequestsByTarget,
): readonly Observed<SipRequest>[] {
	if (byTarget.size === 0) return [];
	const contacts = new Set(
		attempts
			.flatMap(({ transactions }) => transactions)
			.flatMap(({ phone }) => contactsOf(phone.request.message))
			.map(({ uri }) => `${uri.user ?? ''}@${uri.host ?? ''}:${uri.port ?? DEFAULT_PORT}`),
	);
	return [...contacts]
		.flatMap((contact) => byTarget.get(contact) ?? [])
		.toSorted((a, b) => a.frame - b.frame);
}
