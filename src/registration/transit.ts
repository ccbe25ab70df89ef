/*
 * How long a REGISTER and its answer took between two places. There and back together need no clock: what the nearer
 * place waited longer than the farther one was spent on the way between them. Which of the two was late is told by a
 * prompt exchange of about the same time, as the clocks of two hosts drift.
 */
import { T1_MS } from '../sip/transaction-timers.js';
import { elapsedMs } from '../time/instant.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { type Passage, passagesOf } from './passage.js';
import type { Place } from './place.js';
import type { Registration } from './registration.js';

/** The phone repeats itself when the way takes longer. Queues of a busy line stay below. */
const LATE_MS = T1_MS;
/** Clocks drift by some 100 ms in that time at most (100 ppm). */
const COMPARABLE_MS = 20 * 60_000;
/** How much of the delay must lie in one direction for it to be named. */
const MOST = 0.8;

export interface LateTransit {
	readonly passage: Passage;
	/** Milliseconds that request and answer together were late. */
	readonly lateMs: number;
	/** Which of the two; undefined where nothing prompt of about that time tells. */
	readonly late: 'request' | 'response' | undefined;
	/** What a prompt exchange took there and back; undefined where none was seen. */
	readonly usualMs: number | undefined;
}

interface Transit {
	readonly passage: Passage;
	/** Milliseconds between the two places, on clocks that may differ: only differences of these mean something. */
	readonly there: number;
	readonly back: number;
}

/** The exchanges of a registration that were late between two places, in order. */
export function lateTransits(
	{ attempts }: Registration,
	places: readonly Place[],
): readonly LateTransit[] {
	const transits = attempts
		.flatMap(({ transactions }) => transactions)
		.flatMap((transaction) => passagesOf(transaction, places))
		.flatMap(transitOf);
	return transits.flatMap((transit) => {
		if (roundTrip(transit) < LATE_MS) return [];
		const usual = usualOf(transit, transits);
		const lateMs = roundTrip(transit) - (usual === undefined ? 0 : roundTrip(usual));
		if (lateMs < LATE_MS || !isWaitedFor(transit.passage.before)) return [];
		return {
			passage: transit.passage,
			lateMs,
			late: usual && directionOf(transit, usual, lateMs),
			usualMs: usual && Math.max(0, roundTrip(usual)),
		};
	});
}

/** Undefined as long as each copy and each answer is not at both places: the first here may not be the first there. */
function transitOf(passage: Passage): Transit[] {
	const { before, after, change } = passage;
	const [here, there] = [before.final, after.final];
	if (change.by === 'proxy' || here === undefined || there === undefined) return [];
	if (here.message.statusCode !== there.message.statusCode) return [];
	if (before.sends.length !== after.sends.length) return [];
	if (before.responses.length !== after.responses.length) return [];
	return [
		{
			passage,
			there: elapsedMs(before.request.at, after.request.at),
			back: elapsedMs(there.at, here.at),
		},
	];
}

function roundTrip({ there, back }: Transit): number {
	return there + back;
}

/**
 * What the way takes otherwise: of the prompt exchanges between the same two places the quickest of about that time, as
 * a queue that fills or empties holds up the neighbours as well; else the nearest in time.
 */
function usualOf({ passage }: Transit, all: readonly Transit[]): Transit | undefined {
	const distance = (other: Transit) =>
		Math.abs(elapsedMs(passage.before.request.at, other.passage.before.request.at));
	const prompt = all.filter(
		(other) =>
			other.passage.from === passage.from &&
			other.passage.to === passage.to &&
			roundTrip(other) < LATE_MS,
	);
	const comparable = prompt.filter((other) => distance(other) <= COMPARABLE_MS);
	return comparable.length > 0 ? least(comparable, roundTrip) : least(prompt, distance);
}

function least(all: readonly Transit[], by: (one: Transit) => number): Transit | undefined {
	return all.reduce<Transit | undefined>(
		(best, one) => (best === undefined || by(one) < by(best) ? one : best),
		undefined,
	);
}

function directionOf(transit: Transit, usual: Transit, lateMs: number): LateTransit['late'] {
	const apart = elapsedMs(usual.passage.before.request.at, transit.passage.before.request.at);
	if (Math.abs(apart) > COMPARABLE_MS) return undefined;
	if (transit.there - usual.there >= MOST * lateMs) return 'request';
	return transit.back - usual.back >= MOST * lateMs ? 'response' : undefined;
}

/**
 * Whether who sent the REGISTER had to wait as long as the capture says: over UDP it repeats itself then. Where it does
 * not, the capture bears the time at which it was written and not that of the packet.
 */
function isWaitedFor({ transport, sends, responses, final }: ClientTransaction): boolean {
	if (transport !== 'udp') return true;
	const [first] = responses;
	// After a provisional answer the next copy is due in T2 only (RFC 3261 §17.1.2.2).
	if (first !== undefined && first.message.statusCode < 200) return true;
	return final !== undefined && sends.filter(({ at }) => at < final.at).length > 1;
}
