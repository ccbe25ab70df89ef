/*
 * Whether two sightings are of one packet or one story, where no Call-ID says so: the same thing was asked at about the
 * same time by the same endpoint, or by what a NAT made of it.
 */
import { isPrivateAddress } from '../net/address.js';
import type { Endpoint } from '../net/endpoint.js';
import type { Instant } from '../time/instant.js';

/** What is looked at of one key: a crowd, or an attack, needs no more. */
const MAX_CANDIDATES = 512;

interface Sighting {
	readonly at: Instant;
	readonly src: Endpoint;
}

/** Sightings by what was asked of whom. */
export type SightingIndex<T> = ReadonlyMap<string, readonly T[]>;

export interface SameClient<T> {
	readonly index: (events: readonly T[]) => SightingIndex<T>;
	/** Whether any of the events is one of the index. */
	readonly areAmong: (events: readonly T[], index: SightingIndex<T>) => boolean;
	/** How far the two that fit best are apart; undefined where none are of one client. */
	readonly distance: (events: readonly T[], index: SightingIndex<T>) => number | undefined;
}

/** `keyOf`: what was asked, and of whom. `withinUs`: as far as clocks agree and packets are repeated. */
export function sameClient<T extends Sighting>(
	keyOf: (event: T) => string,
	withinUs: number,
): SameClient<T> {
	const isSame = (a: T, b: T): boolean => Math.abs(a.at - b.at) <= withinUs && isOneClient(a, b);
	// Most NATs keep the port where they can: that tells clients of one moment apart better than the time does.
	const apart = (a: T, b: T): number =>
		Math.abs(a.at - b.at) + (a.src.port === b.src.port ? 0 : withinUs);
	return {
		index: (events) => {
			const index = new Map<string, T[]>();
			for (const event of events) {
				const known = index.get(keyOf(event));
				if (known === undefined) index.set(keyOf(event), [event]);
				else if (known.length < MAX_CANDIDATES) known.push(event);
			}
			return index;
		},
		areAmong: (events, index) =>
			events.some((event) => index.get(keyOf(event))?.some((each) => isSame(event, each))),
		distance: (events, index) => {
			let least: number | undefined;
			for (const event of events)
				for (const each of index.get(keyOf(event)) ?? [])
					if (isSame(event, each)) least = Math.min(least ?? Infinity, apart(event, each));
			return least;
		},
	};
}

function isOneClient({ src: a }: Sighting, { src: b }: Sighting): boolean {
	if (a.address === b.address) return a.port === b.port;
	return isPrivateAddress(a.address) !== isPrivateAddress(b.address);
}
