/** Where one of several captures of an incident was taken, and what its silence is worth. */
import type { Instant } from '../time/instant.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import type { Vantage } from './vantage.js';

export interface Place {
	/** `sources[].name` of its captures: several where one was cut by time. */
	readonly sources: readonly string[];
	readonly vantage: Vantage;
	/** First and last packet on the clock that all places share; undefined where it holds no packet at all. */
	readonly from: Instant | undefined;
	readonly until: Instant | undefined;
	/** It shares messages with another place, so that its clock is known. */
	readonly isAligned: boolean;
	/** Of each REGISTER in it enough was captured to tell which one it is: what is not found in it is not there. */
	readonly isLegible: boolean;
	/** Addresses of servers and neighbours that were seen in it, without those that only register there. */
	readonly addresses: ReadonlySet<string>;
}

/** The hops of a request that were seen at a place. */
export function hopsAt(
	hops: readonly ClientTransaction[],
	{ sources }: Place,
): readonly ClientTransaction[] {
	return hops.filter(({ source }) => sources.includes(source));
}

/** Whether a place would show a message of that time: only then does it mean anything that it is not found in it. */
export function covers({ from, until, isLegible }: Place, at: Instant): boolean {
	return isLegible && from !== undefined && until !== undefined && at >= from && at <= until;
}

/** `server.pcap`, or the parts that it was cut into. */
export function placeName({ sources }: Place): string {
	const [first = '', ...others] = sources;
	return others.length === 0 ? first : `${first} and its other parts`;
}
