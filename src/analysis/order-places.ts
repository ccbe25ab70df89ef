/* The places of an incident, the one nearest to the phone first. */
import { isPrivateAddress } from '../net/address.js';
import { isFlowEvent } from '../registration/flow-event.js';
import type { Vantage } from '../registration/vantage.js';
import type { Incident, RelatedSource } from './relate-sources.js';

type Place = readonly RelatedSource[];

const RANK: Readonly<Record<Vantage, number>> = { client: 0, middle: 1, unknown: 1, server: 2 };

/** By the requests that two places share; where they share none, by where they seem to have been taken. */
export function inOrderOfPlaces(incident: Incident): readonly Place[] {
	const left = new Set(incident.places);
	const ordered: Place[] = [];
	while (left.size > 0) {
		const next = nearest([...left], incident);
		if (next === undefined) break;
		left.delete(next);
		ordered.push(next);
	}
	return ordered;
}

/** The one that most others are behind; the first of those that are alike. */
function nearest(places: readonly Place[], incident: Incident): Place | undefined {
	const before = (place: Place) =>
		places.reduce(
			(sum, other) => sum + (other === place ? 0 : nearness(place, other, incident)),
			0,
		);
	return places.reduce<Place | undefined>(
		(best, place) => (best === undefined || before(place) > before(best) ? place : best),
		undefined,
	);
}

/** 1 where the first of the two is nearer to the phone, -1 where the second is, 0 where nobody knows. */
function nearness(a: Place, b: Place, { shared }: Incident): number {
	let votes = 0;
	for (const { names, firstIsNearer } of shared) {
		const [first, second] = names;
		if (holds(a, first) && holds(b, second)) votes += firstIsNearer;
		if (holds(b, first) && holds(a, second)) votes -= firstIsNearer;
	}
	if (votes !== 0) return Math.sign(votes);
	return Math.sign(rankOf(b) - rankOf(a)) || Number(isBeforeNat(a)) - Number(isBeforeNat(b));
}

function holds(place: Place, name: string): boolean {
	return place.some(({ source }) => source.facts.name === name);
}

/** An empty capture is behind one that shows requests. */
function rankOf(place: Place): number {
	const [first] = place;
	const isEmpty = place.every(({ source }) => source.transactions.length === 0);
	return isEmpty ? 3 : RANK[first?.vantage.vantage ?? 'unknown'];
}

/** Connections from private addresses: a NAT is still to come. */
function isBeforeNat(place: Place): boolean {
	return place
		.flatMap(({ source }) => source.failures)
		.some((event) => isFlowEvent(event) && isPrivateAddress(event.src.address));
}
