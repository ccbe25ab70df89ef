/* The requests that two captures both show, and which of the two is nearer to the phone. */
import { isPrivateAddress } from '../net/address.js';
import { answerTimeVote, type Sighting } from './clock-offset.js';
import { OwnAccountIndex } from './own-account-index.js';
import type { ReadSource } from './read-source.js';
import type { SharedRequest } from './request-index.js';
import { RequestIndex } from './request-index.js';

/** Enough to know clock and order by. */
const MAX_SIGHTINGS = 2_000;

export interface Shared {
	readonly names: readonly [string, string];
	readonly sightings: readonly Sighting[];
	/** Positive where the first of the two is nearer to the phone, by as many requests. */
	readonly firstIsNearer: number;
}

/** Two captures that share no request, but an SBC with an account of its own: the one shows what was sent for the other. */
export function findSpokenFor(a: ReadSource, b: ReadSource): Shared | undefined {
	const votes = countSpokenFor(a, b) - countSpokenFor(b, a);
	if (votes === 0) return undefined;
	return { names: [a.facts.name, b.facts.name], sightings: [], firstIsNearer: votes };
}

function countSpokenFor(upstream: ReadSource, downstream: ReadSource): number {
	const index = new OwnAccountIndex<'upstream'>();
	for (const transaction of upstream.transactions) index.add('upstream', transaction);
	return downstream.transactions.filter((one) => index.find(one) !== undefined).length;
}

export function findShared(a: ReadSource, b: ReadSource): Shared {
	const index = new RequestIndex<'a'>();
	for (const { hops } of a.transactions) index.add('a', hops);
	const inA = new Set(a.transactions.flatMap(({ hops }) => hops));
	const sightings: Sighting[] = [];
	let firstIsNearer = 0;
	for (const transaction of b.transactions) {
		if (sightings.length >= MAX_SIGHTINGS) break;
		const shared = index.find(transaction);
		if (shared === undefined) continue;
		const isA = inA.has(shared.upstream);
		const { upstream, downstream } = shared;
		const sighting = isA ? { a: upstream, b: downstream } : { a: downstream, b: upstream };
		sightings.push(sighting);
		firstIsNearer += vote(shared, sighting, isA);
	}
	return { names: [a.facts.name, b.facts.name], sightings, firstIsNearer };
}

/** By what a proxy wrote, by the time an answer took, by hops left to live, by a private address. */
function vote({ as }: SharedRequest<'a'>, sighting: Sighting, isA: boolean): number {
	if (as === 'forwarded') return isA ? 1 : -1;
	const { a, b } = sighting;
	return (
		answerTimeVote(sighting) ||
		Math.sign((a.request.packet.ttl ?? 0) - (b.request.packet.ttl ?? 0)) ||
		Number(isPrivateAddress(a.client.address)) - Number(isPrivateAddress(b.client.address))
	);
}
