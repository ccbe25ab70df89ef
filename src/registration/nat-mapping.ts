/*
 * What the NAT in front of a phone makes of its address over time (knowledge E2): every REGISTER over UDP shows one
 * outer address, at the phone by `received` and `rport` of the answer, at the server by the source of the packet.
 * Computed once for a registration.
 */
import { canonicalAddress, isPrivateAddress } from '../net/address.js';
import { type Endpoint, formatEndpoint, sameEndpoint } from '../net/endpoint.js';
import { topVia } from '../sip/headers/via.js';
import type { SipMessage } from '../sip/message.js';
import { elapsedMs, type Instant } from '../time/instant.js';
import type { Observed } from '../trace/observed.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { endOf } from './dialogue.js';
import type { Registration } from './registration.js';

/** No NAT forgets a flow that is younger; what changes sooner is not a matter of time. */
const SHORTEST_LIFETIME_MS = 20_000;

export interface Sighting {
	readonly outside: Endpoint;
	/** The message that shows it. */
	readonly seen: Observed<SipMessage>;
	readonly field: string;
	/** The phone's own side of the flow, and the server: only within one of them a change says anything. */
	readonly flow: string;
	readonly callId: string;
	/** Number of the attempt within the registration. */
	readonly attempt: number;
	readonly from: Instant;
	readonly until: Instant;
}

export interface MappingChange {
	readonly before: Sighting;
	readonly after: Sighting;
	/**
	 * From the last packet of the one to the first of the other; infinite where attempts between them were not kept, so
	 * that the true one is not known.
	 */
	readonly gapMs: number;
}

export interface NatMapping {
	/** The outer address stays and its port does not. */
	readonly portChanges: readonly MappingChange[];
	readonly addressChanges: readonly MappingChange[];
	/** Gaps that the mapping outlived, at least by having the same port afterwards. */
	readonly longestKeptMs: number;
	/** It was the same over a gap too short for any timeout. */
	readonly isStable: boolean;
	readonly last: Sighting | undefined;
}

const known = new WeakMap<Registration, NatMapping>();

export function natMapping(registration: Registration): NatMapping {
	const found = known.get(registration) ?? build(registration);
	known.set(registration, found);
	return found;
}

function build({ attempts }: Registration): NatMapping {
	const changes: MappingChange[] = [];
	let longestKeptMs = 0;
	let isStable = false;
	let before: Sighting | undefined;
	for (const { phone, number } of phoneLegs(attempts)) {
		const after = sightingOf(phone, number);
		if (after === undefined) continue;
		if (before?.flow === after.flow) {
			const gapMs = gapBetween(before, after);
			if (!sameEndpoint(before.outside, after.outside)) changes.push({ before, after, gapMs });
			else if (Number.isFinite(gapMs)) {
				longestKeptMs = Math.max(longestKeptMs, gapMs);
				isStable ||= gapMs < SHORTEST_LIFETIME_MS;
			}
		}
		before = after;
	}
	const isPort = (change: MappingChange) =>
		change.before.outside.address === change.after.outside.address;
	return {
		portChanges: changes.filter(isPort),
		addressChanges: changes.filter((change) => !isPort(change)),
		longestKeptMs,
		isStable,
		last: before,
	};
}

function gapBetween(before: Sighting, after: Sighting): number {
	if (after.attempt - before.attempt > 1) return Infinity;
	return Math.max(0, elapsedMs(before.until, after.from));
}

function phoneLegs(attempts: Registration['attempts']) {
	return attempts.flatMap(({ number, transactions }) =>
		transactions.map(({ phone }) => ({ phone, number })),
	);
}

/** Undefined over TCP, where each connection has its port; without a NAT; and where nothing shows the outside. */
function sightingOf(phone: ClientTransaction, attempt: number): Sighting | undefined {
	if (phone.transport !== 'udp') return undefined;
	const { request, client, server, callId } = phone;
	const place = { attempt, callId, from: request.at, until: endOf({ phone, hops: [phone] }) };
	const sentBy = topVia(request.message)?.sentBy;
	if (!isPrivateAddress(client.address)) {
		// At the server: what the phone wrote is its inner side. Where it is its outer one there is no NAT to see.
		if (sentBy === undefined || !isPrivateAddress(sentBy.host)) return undefined;
		const flow = `${sentBy.host}:${sentBy.port ?? ''}>${formatEndpoint(server)}`;
		return { ...place, outside: client, seen: request, field: 'packet source', flow };
	}
	const answer = phone.final;
	const via = answer === undefined ? undefined : topVia(answer.message);
	if (answer === undefined || via?.received === undefined || typeof via.rport !== 'number')
		return undefined;
	const outside = { address: canonicalAddress(via.received), port: via.rport };
	if (isPrivateAddress(outside.address)) return undefined;
	const flow = `${formatEndpoint(client)}>${formatEndpoint(server)}`;
	return { ...place, outside, seen: answer, field: 'Via received, rport', flow };
}

/** Every gap from `shortestMs` on ended with another port, and none of the shorter ones: the NAT forgets the flow. */
export interface MappingExpiry {
	readonly changes: readonly MappingChange[];
	readonly shortestMs: number;
}

/** Undefined where the changes do not follow from time: after any gap, or only now and then. */
export function mappingExpiry(registration: Registration): MappingExpiry | undefined {
	const { portChanges, longestKeptMs, isStable } = natMapping(registration);
	const changes = portChanges.filter(({ before, after }) => before.callId === after.callId);
	if (changes.length === 0 || !isStable) return undefined;
	const shortestMs = changes.reduce((least, { gapMs }) => Math.min(least, gapMs), Infinity);
	if (!Number.isFinite(shortestMs) || shortestMs < SHORTEST_LIFETIME_MS) return undefined;
	if (longestKeptMs >= shortestMs) return undefined;
	return { changes, shortestMs };
}
