/*
 * Packets that were one at one place and two at the next. A phone's own copies are at both; a capture that shows every
 * packet twice (two interfaces, a mirror port) is no network that doubles some.
 */

import type { SipMessage } from '../sip/message.js';
import { elapsedMs } from '../time/instant.js';
import type { Observed } from '../trace/observed.js';
import { passagesOf } from './passage.js';
import type { Place } from './place.js';
import type { RegisterTransaction, Registration } from './registration.js';

/** Below T1 = 500 ms no timer of RFC 3261 sends a copy. */
const ONE_SENDING_MS = 300;

/** A message sent once that arrived more often. */
export interface DoubledPacket {
	readonly transaction: RegisterTransaction;
	readonly from: Place;
	readonly to: Place;
	/** As the place shows it that it came from, and as the one it came to. */
	readonly sent: Observed<SipMessage>;
	readonly arrived: Observed<SipMessage>;
	/** How often it was sent and arrived at that moment. */
	readonly sentTimes: number;
	readonly arrivedTimes: number;
}

/** Those of a registration, in order; none where most packets of that way are doubled: then the capture does it. */
export function doubledPackets(
	{ attempts }: Registration,
	places: readonly Place[],
): readonly DoubledPacket[] {
	const ways = new Map<string, { doubled: DoubledPacket[]; single: number }>();
	for (const transaction of attempts.flatMap(({ transactions }) => transactions)) {
		for (const crossing of crossingsOf(transaction, places)) {
			const key = `${places.indexOf(crossing.from)} ${places.indexOf(crossing.to)}`;
			const way = ways.get(key) ?? { doubled: [], single: 0 };
			ways.set(key, way);
			if (crossing.arrivedTimes > crossing.sentTimes) way.doubled.push(crossing);
			else way.single += 1;
		}
	}
	return [...ways.values()].flatMap(({ doubled, single }) =>
		doubled.length <= single ? doubled : [],
	);
}

/** Every message of a transaction that two neighbouring places show alike often. */
function crossingsOf(
	transaction: RegisterTransaction,
	places: readonly Place[],
): readonly DoubledPacket[] {
	return passagesOf(transaction, places).flatMap(({ from, to, before, after, change }) => {
		if (change.by === 'proxy' || before.transport !== 'udp') return [];
		const there = { transaction, from, to };
		const back = { transaction, from: to, to: from };
		return [
			...paired(before.sends, after.sends).map((pair) => ({ ...there, ...pair })),
			...paired(after.responses, before.responses).map((pair) => ({ ...back, ...pair })),
		];
	});
}

interface Sending {
	readonly first: Observed<SipMessage>;
	last: Observed<SipMessage>;
	times: number;
}

/** One by one, where as many sendings are at both places; else a copy was lost, and nobody knows which. */
function paired(
	sent: readonly Observed<SipMessage>[],
	arrived: readonly Observed<SipMessage>[],
): readonly Pick<DoubledPacket, 'sent' | 'arrived' | 'sentTimes' | 'arrivedTimes'>[] {
	const [one, other] = [sendingsOf(sent), sendingsOf(arrived)];
	if (one.length !== other.length) return [];
	return one.flatMap(({ first, times }, index) => {
		const there = other[index];
		if (there === undefined) return [];
		const arrivedTimes = there.times;
		return [{ sent: first, arrived: there.first, sentTimes: times, arrivedTimes }];
	});
}

/** Packets with the very same text, one right after the other, are one sending. */
function sendingsOf(seen: readonly Observed<SipMessage>[]): readonly Sending[] {
	const sendings: Sending[] = [];
	for (const message of seen) {
		const before = sendings.find(
			({ last }) =>
				last.message.wire === message.message.wire &&
				Math.abs(elapsedMs(last.at, message.at)) <= ONE_SENDING_MS,
		);
		const times = timesOf(message);
		if (before === undefined) sendings.push({ first: message, last: message, times });
		else {
			before.last = message;
			before.times += times;
		}
	}
	return sendings;
}

/** Copies within a few milliseconds are one sighting with the frames of all; a report of a packet is none. */
function timesOf({ frames, packet: { fragments, reports } }: Observed<SipMessage>): number {
	const packets = frames.length - (reports?.frames ?? 0);
	return Math.max(1, Math.round(packets / Math.max(1, fragments)));
}
