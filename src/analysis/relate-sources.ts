/*
 * What several captures are to one another (design §2, Several files): places of one incident share messages, parts of
 * one capture have the same endpoints one after another in time, and all else are separate incidents.
 */
import { formatEndpoint } from '../net/endpoint.js';
import type { Place } from '../registration/place.js';
import { shareConnection } from '../registration/same-connection.js';
import { shareQuestion } from '../registration/same-question.js';
import type { VantageGuess } from '../registration/vantage.js';
import { identityOf } from '../sip/message-identity.js';
import { elapsedMs, type Instant } from '../time/instant.js';
import { isNameless } from '../transaction/cut-messages.js';
import { clockOffset } from './clock-offset.js';
import { findShared, findSpokenFor, type Shared } from './find-shared.js';
import type { ReadSource } from './read-source.js';
import { addressesIn } from './seen-addresses.js';

/** 64·T1 and a little (RFC 3261 §17.1.2.2): copies of one REGISTER are sent for so long. */
const LONGEST_REQUEST_MS = 34_000;

/** From the end of one part to the beginning of the next, where no dialogue says that they belong together. */
const AT_ONCE_MS = 2_000;

/** A source with where it was taken. */
export interface PlacedSource {
	readonly source: ReadSource;
	readonly vantage: VantageGuess;
}

/** One source in an incident. */
export interface RelatedSource extends PlacedSource {
	/** Microseconds by which its clock is ahead of that of the incident's first source. */
	readonly offset: number;
	/** Shares messages with another place. */
	readonly isAligned: boolean;
}

/** Sources that show the same registrations: its places, each with its parts in order of time. */
export interface Incident {
	readonly places: readonly (readonly RelatedSource[])[];
	/** Pairs of sources that show the same requests, upstream and downstream as the packets tell. */
	readonly shared: readonly Shared[];
}

type Edge =
	| { readonly kind: 'places'; readonly shared: Shared }
	| { readonly kind: 'parts' }
	| { readonly kind: 'unaligned' };

/** The incidents in the order in which their first source was given. */
export function relateSources(sources: readonly PlacedSource[]): readonly Incident[] {
	const edges = new Map<string, Edge>();
	for (const [i, a] of sources.entries()) {
		for (const [j, b] of sources.entries()) {
			const edge = i < j ? edgeBetween(a, b) : undefined;
			if (edge !== undefined) edges.set(`${i} ${j}`, edge);
		}
	}
	const edge = (i: number, j: number) => edges.get(i < j ? `${i} ${j}` : `${j} ${i}`);
	const indexes = sources.map((_, index) => index);
	return components(indexes, (i, j) => edge(i, j) !== undefined).map((members) =>
		incidentOf(members, sources, edge),
	);
}

function incidentOf(
	members: readonly number[],
	sources: readonly PlacedSource[],
	edge: (i: number, j: number) => Edge | undefined,
): Incident {
	const offsets = alignedOffsets(members, edge);
	const related = (index: number): RelatedSource[] => {
		const source = sources[index];
		if (source === undefined) return [];
		const isAligned = members.some((other) => {
			const between = edge(index, other);
			return between?.kind === 'places' && between.shared.sightings.length > 0;
		});
		return [{ ...source, offset: offsets.get(index) ?? 0, isAligned }];
	};
	const groups = components(members, (i, j) => edge(i, j)?.kind === 'parts');
	const inTime = (group: readonly number[]) =>
		group.flatMap(related).toSorted((a, b) => startOf(a.source) - startOf(b.source));
	const shared = members.flatMap((i) =>
		members.flatMap((j) => {
			const between = i < j ? edge(i, j) : undefined;
			return between?.kind === 'places' ? [between.shared] : [];
		}),
	);
	return { places: groups.map(inTime), shared };
}

/** Breadth first from the first source: each clock against one that is known. */
function alignedOffsets(
	members: readonly number[],
	edge: (i: number, j: number) => Edge | undefined,
): ReadonlyMap<number, number> {
	const [first] = members;
	const offsets = new Map<number, number>(first === undefined ? [] : [[first, 0]]);
	const queue = [...offsets.keys()];
	for (const known of queue) {
		for (const next of members) {
			const between = edge(known, next);
			if (offsets.has(next) || between === undefined || next === known) continue;
			const ahead = between.kind === 'places' ? (clockOffset(between.shared.sightings) ?? 0) : 0;
			offsets.set(next, (offsets.get(known) ?? 0) + (known < next ? ahead : -ahead));
			queue.push(next);
		}
	}
	return offsets;
}

function edgeBetween(a: PlacedSource, b: PlacedSource): Edge | undefined {
	// Each probe is a whole of its own, also from one address and at once.
	if (a.source.probes.length > 0 && b.source.probes.length > 0) return undefined;
	const shared = findShared(a.source, b.source);
	if (shared.sightings.length > 0)
		return arePartsOfOne(a, b, shared) ? { kind: 'parts' } : { kind: 'places', shared };
	const spokenFor = findSpokenFor(a.source, b.source);
	if (spokenFor !== undefined) return { kind: 'places', shared: spokenFor };
	if (areApart(a.source, b.source)) return isContinued(a, b) ? { kind: 'parts' } : undefined;
	if (shareConnection(a.source.failures, b.source.failures)) return { kind: 'unaligned' };
	if (shareQuestion(a.source.lookups, b.source.lookups)) return { kind: 'unaligned' };
	return isMissedAt(a, b) || isMissedAt(b, a) ? { kind: 'unaligned' } : undefined;
}

/** Copies of a REGISTER before and after the cut: nothing else is in both, and no answer is. */
function arePartsOfOne(a: PlacedSource, b: PlacedSource, { sightings }: Shared): boolean {
	if (!areApart(a.source, b.source) || !isContinued(a, b)) return false;
	return sightings.every(({ a: one, b: other }) => {
		const [earlier, later] = one.request.at <= other.request.at ? [one, other] : [other, one];
		const last = later.sends.at(-1)?.at ?? later.request.at;
		return (
			earlier.final === undefined &&
			formatEndpoint(one.client) === formatEndpoint(other.client) &&
			elapsedMs(earlier.request.at, last) <= LONGEST_REQUEST_MS
		);
	});
}

/** One ends before the other begins. */
function areApart({ facts: a }: ReadSource, { facts: b }: ReadSource): boolean {
	const [aFrom, aUntil, bFrom, bUntil] = [
		a.firstPacketAt,
		a.lastPacketAt,
		b.firstPacketAt,
		b.lastPacketAt,
	];
	if (aFrom === undefined || aUntil === undefined) return false;
	if (bFrom === undefined || bUntil === undefined) return false;
	return aUntil <= bFrom || bUntil <= aFrom;
}

/**
 * The same clients talk to the same servers, and go on with it: in one dialogue, or at once. Two captures of one phone
 * on two occasions are two incidents.
 */
function isContinued(a: PlacedSource, b: PlacedSource): boolean {
	const flows = flowsOf(a.source);
	if (![...flowsOf(b.source)].some((flow) => flows.has(flow))) return false;
	const calls = callIdsOf(a.source);
	return [...callIdsOf(b.source)].some((callId) => calls.has(callId)) || gapMs(a, b) <= AT_ONCE_MS;
}

function gapMs(
	{ source: { facts: a } }: PlacedSource,
	{ source: { facts: b } }: PlacedSource,
): number {
	const ends = [a, b].map(({ firstPacketAt = 0, lastPacketAt = 0 }) => [
		firstPacketAt,
		lastPacketAt,
	]);
	const starts = ends.map(([first = 0]) => first);
	const lasts = ends.map(([, last = 0]) => last);
	return elapsedMs(Math.min(...lasts), Math.max(...starts));
}

function callIdsOf({ transactions, orphanResponses }: ReadSource): ReadonlySet<string> {
	return new Set([
		...transactions.flatMap(({ hops }) => hops.map(({ callId }) => callId)),
		...orphanResponses.map(({ message }) => identityOf(message).callId),
	]);
}

function flowsOf({ transactions, orphanResponses }: ReadSource): ReadonlySet<string> {
	return new Set([
		...transactions.flatMap(({ hops }) =>
			hops.map(({ client, server }) => `${client.address} ${server.address}`),
		),
		...orphanResponses.map(({ src, dst }) => `${dst.address} ${src.address}`),
	]);
}

/** Whether `b` stands where requests of `a` should have come, and shows none of them. */
function isMissedAt(a: PlacedSource, b: PlacedSource): boolean {
	if (a.vantage.vantage === 'server') return false;
	const sent = a.source.transactions.map(({ phone }) => phone);
	// Nobody knows where and when an empty capture was taken: only silence goes with it.
	if (b.source.facts.firstPacketAt === undefined)
		return sent.some(({ responses }) => responses.length === 0);
	const addresses = addressesIn(b.source);
	const isAtServer =
		b.vantage.vantage === 'server' ||
		(b.vantage.vantage !== 'client' && b.source.transactions.length === 0);
	return isAtServer && sent.some(({ server }) => addresses.has(server.address));
}

/** What is reachable from each other, in order. */
function components(
	items: readonly number[],
	isLinked: (a: number, b: number) => boolean,
): readonly (readonly number[])[] {
	const left = new Set(items);
	const groups: number[][] = [];
	for (const item of items) {
		if (!left.delete(item)) continue;
		const group = [item];
		for (const member of group) {
			for (const other of [...left]) {
				if (!isLinked(member, other)) continue;
				left.delete(other);
				group.push(other);
			}
		}
		groups.push(group.toSorted((a, b) => a - b));
	}
	return groups;
}

function startOf({ facts }: ReadSource): Instant {
	return facts.firstPacketAt ?? 0;
}

/** What rules may know of a place, from its parts joined on the common clock. */
export function placeOf(parts: readonly RelatedSource[], joined: ReadSource): Place {
	return {
		sources: parts.map(({ source }) => source.facts.name),
		vantage: parts[0]?.vantage.vantage ?? 'unknown',
		from: joined.facts.firstPacketAt,
		until: joined.facts.lastPacketAt,
		isAligned: parts.some(({ isAligned }) => isAligned),
		isLegible: joined.transactions.every(({ hops }) => !hops.some(isNameless)),
		addresses: addressesIn(joined),
	};
}
