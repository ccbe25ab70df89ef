/*
 * How a phone came to the server that it sent its REGISTER to, and which servers the DNS would have offered (RFC 3263).
 * All of it compares questions in the source with packets in the source; what nobody asked is not known.
 */
import { isPrivateAddress } from '../net/address.js';
import type { Transport } from '../net/transport.js';
import type { SipRequest } from '../sip/message.js';
import type { DnsEvent, Observed } from '../trace/observed.js';
import { hasNoResponse, lastTransaction } from './attempt-facts.js';
import {
	addressesIn,
	domainOf,
	isAddressQuestion,
	isTarget,
	lookupsFor,
	type ServiceTarget,
	serviceOf,
	serviceTargets,
} from './lookups.js';
import type { Attempt, Registration } from './registration.js';

/** The REGISTER left, and no SIP came back. */
export function isUnheard(attempt: Attempt): boolean {
	const failed = attempt.outcome === 'unanswered' || attempt.outcome === 'unreachable';
	return failed && attempt.transactions.length > 0 && hasNoResponse(attempt);
}

/** What the phone itself asked before its last REGISTER of the attempt. */
function ownLookups(attempt: Attempt, { lookups }: Registration): readonly DnsEvent[] {
	const request = lastTransaction(attempt)?.phone.request;
	if (request === undefined) return [];
	return lookups.filter(({ src, at }) => src.address === request.src.address && at <= request.at);
}

/** The phone's question whose answer is the address that its last REGISTER went to. */
export function lookupOfServer(attempt: Attempt, registration: Registration): DnsEvent | undefined {
	const server = lastTransaction(attempt)?.phone.server.address;
	return ownLookups(attempt, registration).findLast(
		(event) =>
			isAddressQuestion(event) && server !== undefined && addressesIn(event).includes(server),
	);
}

/**
 * Whether the two hosts may well be on one network: the same /24, or no way to tell. IPv6 unique-local and link-local
 * addresses are of one site.
 */
export function isSameNetwork(a: string, b: string): boolean {
	const [first, second] = [a, b].map((address) => address.split('.').slice(0, 3).join('.'));
	return first === second || a.includes(':') || b.includes(':');
}

export interface Horizon {
	readonly used: DnsEvent;
	readonly other: DnsEvent;
	readonly address: string;
	readonly otherAddress: string;
}

/** Another resolver's answer for the same name that is private where the one used is public, or the other way. */
export function otherHorizon(attempt: Attempt, registration: Registration): Horizon | undefined {
	const used = lookupOfServer(attempt, registration);
	const address = lastTransaction(attempt)?.phone.server.address;
	if (used === undefined || address === undefined || !isUnheard(attempt)) return undefined;
	for (const other of registration.lookups) {
		const isSame = other.name === used.name && other.type === used.type;
		if (!isSame || other.dst.address === used.dst.address) continue;
		const otherAddress = addressesIn(other).find(
			(one) => isPrivateAddress(one) !== isPrivateAddress(address),
		);
		if (otherAddress !== undefined) return { used, other, address, otherAddress };
	}
	return undefined;
}

/** The same address for a name and for that name with a search domain behind it: the resolver makes answers up. */
export function answerForNonsense(
	attempt: Attempt,
	registration: Registration,
): { readonly real: DnsEvent; readonly nonsense: DnsEvent; readonly address: string } | undefined {
	const real = lookupOfServer(attempt, registration);
	const address = lastTransaction(attempt)?.phone.server.address;
	if (real === undefined || address === undefined || !isUnheard(attempt)) return undefined;
	const nonsense = registration.lookups.find(
		(event) =>
			event.dst.address === real.dst.address &&
			addressesIn(event).includes(address) &&
			event.name.startsWith(`${real.name}.`),
	);
	return nonsense === undefined ? undefined : { real, nonsense, address };
}

/** Whether the phone could have known of SRV: it asked, nobody did, or a record names another place. */
export type SkippedService =
	| { readonly kind: 'asked' }
	| { readonly kind: 'unknown' }
	| { readonly kind: 'elsewhere'; readonly target: ServiceTarget };

/** What the SRV records of a domain say of the server that the phone found without them. */
export function skippedService(
	attempt: Attempt,
	registration: Registration,
	domain: string,
): SkippedService {
	const transaction = lastTransaction(attempt)?.phone;
	const isService = (event: DnsEvent) => domainOf(event) === domain;
	if (transaction === undefined || ownLookups(attempt, registration).some(isService))
		return { kind: 'asked' };
	const about = lookupsFor(domain, registration.lookups);
	const targets = serviceTargets(about).filter(
		({ transport }) => transport === transaction.transport,
	);
	const [target] = targets;
	if (target === undefined) return { kind: 'unknown' };
	const isHere = targets.some(
		(one) =>
			isTarget(one, transaction.server) ||
			(one.host === domain && one.port === transaction.server.port),
	);
	return isHere ? { kind: 'asked' } : { kind: 'elsewhere', target };
}

export interface MissingService {
	readonly used: Transport;
	/** The question for the transport used. */
	readonly question: DnsEvent;
	readonly offered: readonly Transport[];
	readonly seen: DnsEvent;
	readonly request: Observed<SipRequest>;
}

/** The phone asked for the service over the transport that it uses, there is none, and there is one over others. */
export function missingService(
	attempt: Attempt,
	registration: Registration,
): MissingService | undefined {
	const transaction = lastTransaction(attempt)?.phone;
	if (transaction === undefined || !isUnheard(attempt)) return undefined;
	const { transport: used, request } = transaction;
	const question = ownLookups(attempt, registration).find(
		({ type, name, outcome }) =>
			type === 'SRV' &&
			serviceOf(name)?.transport === used &&
			(outcome === 'nxdomain' || outcome === 'empty'),
	);
	const domain = question === undefined ? undefined : domainOf(question);
	if (question === undefined || domain === undefined) return undefined;
	const targets = serviceTargets(lookupsFor(domain, registration.lookups));
	const [first] = targets;
	if (first === undefined || targets.some(({ transport }) => transport === used)) return undefined;
	const offered = [...new Set(targets.map(({ transport }) => transport))];
	return { used, question, offered, seen: first.seen, request };
}
