/** A translation to an address that is not public either, which asks for a second one. */
import { canonicalAddress, classifyAddress, isPrivateAddress } from '../net/address.js';
import { topVia } from '../sip/headers/via.js';
import type { SipMessage } from '../sip/message.js';
import type { Observed } from '../trace/observed.js';
import { lastTransaction } from './attempt-facts.js';
import { contactsOf } from './register-request.js';
import type { Attempt } from './registration.js';

export interface InnerNat {
	readonly inside: string;
	readonly between: string;
	/** What the server received, where an answer tells. */
	readonly outside: string | undefined;
	/** Both sides of the inner NAT are in the source. */
	readonly isSeen: boolean;
	readonly before: Observed<SipMessage>;
	readonly after: Observed<SipMessage> | undefined;
	readonly answer: Observed<SipMessage> | undefined;
}

/** Undefined where one NAT at most can be seen, or the server itself is private. */
export function innerNat(attempt: Attempt): InnerNat | undefined {
	const last = lastTransaction(attempt);
	const phone = last?.phone;
	if (last === undefined || phone === undefined) return undefined;
	const inside = phone.client.address;
	if (!isPrivateAddress(inside) || isPrivateAddress(phone.server.address)) return undefined;
	const answer = phone.final;
	const received = answer === undefined ? undefined : topVia(answer.message)?.received;
	const outside =
		received === undefined || isPrivateAddress(received) ? undefined : canonicalAddress(received);
	const told = {
		inside,
		outside,
		before: phone.request,
		answer: outside === undefined ? undefined : answer,
	};
	const translated = last.hops.find(
		({ branch, client, server }) =>
			branch !== undefined &&
			branch === phone.branch &&
			client.address !== inside &&
			isPrivateAddress(client.address) &&
			// A hairpin leads back into the site: no second NAT is needed there.
			!isPrivateAddress(server.address),
	);
	if (translated !== undefined) {
		const between = translated.client.address;
		return { ...told, between, isSeen: true, after: translated.request };
	}
	// A Contact from the block of carrier-grade NATs that is not the phone's own: the router told it its WAN address.
	const learnt = contactsOf(phone.request.message).find(
		({ uri: { host } }) =>
			host !== undefined && host !== inside && classifyAddress(host) === 'carrier-grade-nat',
	)?.uri.host;
	if (learnt === undefined) return undefined;
	return { ...told, between: canonicalAddress(learnt), isSeen: false, after: undefined };
}
