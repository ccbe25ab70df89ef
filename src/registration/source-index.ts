/*
 * What one registration cannot know of itself: its neighbours in the same source, and what went past the REGISTERs.
 * Built once for a source; each question costs a look-up.
 */
import { type Endpoint, formatEndpoint } from '../net/endpoint.js';
import type { SipRequest, SipResponse } from '../sip/message.js';
import type { Observed, StunEvent, UnreachableEvent } from '../trace/observed.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { lastTransaction } from './attempt-facts.js';
import type { KeepAlive } from './keep-alive.js';
import { appendToList } from './lists-by-key.js';
import type { Attempt, Registration } from './registration.js';

export interface SourceIndex {
	/** Other devices that register the same address-of-record. */
	readonly sharingAor: (registration: Registration) => readonly Registration[];
	/** Other registrations with one of the same Call-IDs. */
	readonly sharingCallId: (registration: Registration) => readonly Registration[];
	/** Other registrations whose REGISTERs come from the same address: behind one NAT, or of one host. */
	readonly sharingAddress: (registration: Registration) => readonly Registration[];
	/** Other registrations at one of the same servers. */
	readonly sharingServer: (registration: Registration) => readonly Registration[];
	/** Responses that fit no REGISTER of the source, by whom they were sent to. */
	readonly orphansTo: (client: Endpoint) => readonly Observed<SipResponse>[];
	/** ICMP errors that quote a packet to this endpoint, and no REGISTER. */
	readonly refusedBy: (client: Endpoint) => readonly UnreachableEvent[];
	/** OPTIONS, NOTIFY and their like to this endpoint, in order of time. */
	readonly keepAlivesTo: (phone: Endpoint) => readonly KeepAlive[];
	/** Anything but REGISTER crosses the flow of this endpoint: keep-alives of either side, or requests. */
	readonly isKeptAlive: (phone: Endpoint) => boolean;
	/** What STUN servers told this endpoint. */
	readonly stunAnswersTo: (phone: Endpoint) => readonly StunEvent[];
	/** Requests other than REGISTER that this endpoint sent. */
	readonly requestsFrom: (phone: Endpoint) => readonly Observed<SipRequest>[];
	/** What a probe at this address was answered to requests other than REGISTER. */
	readonly otherAnswersTo: (address: string) => readonly Observed<SipResponse>[];
}

/** A registration and its neighbours at the same servers: what a server did to any of them, it does. */
export function atOneServer(
	registration: Registration,
	{ sharingServer }: Pick<SourceIndex, 'sharingServer'>,
): readonly Registration[] {
	return [registration, ...sharingServer(registration)];
}

export interface IndexedSource {
	readonly orphanResponses: readonly Observed<SipResponse>[];
	readonly refused: readonly UnreachableEvent[];
	readonly keepAlives: readonly KeepAlive[];
	readonly keptAlive: ReadonlySet<string>;
	readonly stun: readonly StunEvent[];
	readonly otherRequests: readonly Observed<SipRequest>[];
	readonly otherAnswers: readonly Observed<SipResponse>[];
}

/** More neighbours than this are a crowd: a scanner, or a trunk. The nearest in order of their first REGISTER are kept. */
const MAX_NEIGHBOURS = 64;

export function sourceIndex(
	registrations: readonly Registration[],
	source: IndexedSource,
): SourceIndex {
	const byAor = neighbours(registrations, aorsOf);
	const byCallId = neighbours(registrations, ({ callIds }) => callIds);
	const byAddress = neighbours(registrations, addressesOf);
	const byServer = neighbours(registrations, serversOf);
	const orphans = grouped(source.orphanResponses, ({ dst }) => [formatEndpoint(dst)]);
	const refused = grouped(source.refused, ({ quoted }) => [formatEndpoint(quoted.dst)]);
	const keepAlives = grouped(source.keepAlives, ({ dst }) => [formatEndpoint(dst)]);
	const stun = grouped(source.stun, ({ dst }) => [formatEndpoint(dst)]);
	const answers = grouped(source.otherAnswers, ({ dst }) => [dst.address]);
	const requests = grouped(source.otherRequests, ({ src }) => [formatEndpoint(src)]);
	return {
		sharingAor: byAor,
		sharingCallId: byCallId,
		sharingAddress: byAddress,
		sharingServer: byServer,
		orphansTo: (client) => at(client, orphans),
		refusedBy: (client) => at(client, refused),
		keepAlivesTo: (phone) => at(phone, keepAlives),
		isKeptAlive: (phone) => {
			const key = formatEndpoint(phone);
			return source.keptAlive.has(key) || keepAlives.has(key) || requests.has(key);
		},
		stunAnswersTo: (phone) => at(phone, stun),
		requestsFrom: (phone) => at(phone, requests),
		otherAnswersTo: (address) => answers.get(address) ?? [],
	};
}

function at<T>(endpoint: Endpoint, index: ReadonlyMap<string, readonly T[]>): readonly T[] {
	return (index.size === 0 ? undefined : index.get(formatEndpoint(endpoint))) ?? [];
}

function aorsOf({ aor }: Registration): readonly string[] {
	return aor === undefined ? [] : [aor];
}

/** The addresses that a registration's REGISTERs come from, of its first and its deciding attempt. */
function addressesOf({ attempts, decisive }: Registration): readonly string[] {
	return addressesAt(attempts[0], decisive, ({ client }) => client);
}

/** The servers that its first and its deciding attempt ended at. */
function serversOf({ attempts, decisive }: Registration): readonly string[] {
	return addressesAt(attempts[0], decisive, ({ server }) => server);
}

function addressesAt(
	first: Attempt | undefined,
	deciding: Attempt | undefined,
	endOf: (transaction: ClientTransaction) => Endpoint,
): readonly string[] {
	const addresses: string[] = [];
	for (const attempt of first === deciding ? [first] : [first, deciding]) {
		const last = attempt === undefined ? undefined : lastTransaction(attempt);
		if (last === undefined) continue;
		const { address } = endOf(last.phone);
		if (!addresses.includes(address)) addresses.push(address);
	}
	return addresses;
}

const NONE: readonly Registration[] = [];

/** Finds the others that have a key in common with a registration; sorted when it is first asked. */
function neighbours(
	registrations: readonly Registration[],
	keysOf: (registration: Registration) => readonly string[],
): (registration: Registration) => readonly Registration[] {
	let index: ReadonlyMap<string, readonly Registration[]> | undefined;
	return (registration) => {
		index ??= shared(registrations, keysOf);
		return others(registration, index, keysOf(registration));
	};
}

/** The registrations of each key that several have. Nearly every phone is alone, and gets no list of its own. */
function shared(
	registrations: readonly Registration[],
	keysOf: (registration: Registration) => readonly string[],
): ReadonlyMap<string, readonly Registration[]> {
	const first = new Map<string, Registration>();
	const groups = new Map<string, Registration[]>();
	for (const registration of registrations) {
		for (const key of keysOf(registration)) {
			const before = first.get(key);
			if (before === undefined) first.set(key, registration);
			else {
				const group = groups.get(key);
				if (group === undefined) groups.set(key, [before, registration]);
				else group.push(registration);
			}
		}
	}
	return groups;
}

function others(
	registration: Registration,
	index: ReadonlyMap<string, readonly Registration[]>,
	keys: readonly string[],
): readonly Registration[] {
	if (index.size === 0 || !keys.some((key) => index.has(key))) return NONE;
	const found = new Set<Registration>();
	for (const key of keys.slice(0, MAX_NEIGHBOURS)) {
		for (const other of around(index.get(key) ?? [], registration)) found.add(other);
	}
	found.delete(registration);
	return [...found];
}

/** Not all of a crowd: each of them would look at all others. */
function around(all: readonly Registration[], registration: Registration): readonly Registration[] {
	if (all.length <= MAX_NEIGHBOURS) return all;
	const at = Math.max(0, all.indexOf(registration) - MAX_NEIGHBOURS / 2);
	return all.slice(at, at + MAX_NEIGHBOURS);
}

function grouped<T>(
	values: readonly T[],
	keysOf: (value: T) => readonly string[],
): ReadonlyMap<string, readonly T[]> {
	const groups = new Map<string, T[]>();
	for (const value of values) {
		for (const key of keysOf(value)) {
			appendToList(groups, key, value);
		}
	}
	return groups;
}
