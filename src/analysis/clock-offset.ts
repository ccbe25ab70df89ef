/*
 * How far one capture's clock is ahead of another's, from the requests that both show: on the way there and on the way
 * back a message takes about as long, so that the middle of request and response is the same moment (RFC 5905 §8).
 */
import type { ClientTransaction } from '../transaction/client-transaction.js';

/** Without a response nothing tells a delay from a clock; clocks that are set differ by less. */
const PLAUSIBLE_DELAY_US = 500_000;

/** Microseconds and times by which an exchange may be slower than the quickest, and tell the clock as well. */
const QUICK_US = 10_000;
const QUICK_TIMES = 2;

/** One request as both captures show it. */
export interface Sighting {
	readonly a: ClientTransaction;
	readonly b: ClientTransaction;
}

/**
 * Microseconds by which the clock of `b` is ahead of that of `a`; 0 where the difference is no larger than the way
 * between them explains, undefined where there is nothing to compare.
 */
export function clockOffset(sightings: readonly Sighting[]): number | undefined {
	const paired = sightings.flatMap(midpoints);
	// Where copies were lost, the first one here may not be the first one there.
	const whole = paired.filter(({ isWhole }) => isWhole);
	const sample = quickest(whole.length > 0 ? whole : paired).toSorted(
		(x, y) => x.offset - y.offset,
	);
	const median = sample[Math.floor((sample.length - 1) / 2)];
	if (median !== undefined)
		return Math.abs(median.offset) <= median.uncertainty ? 0 : Math.round(median.offset);
	const differences = sightings.map(({ a, b }) => b.request.at - a.request.at);
	if (differences.length === 0) return undefined;
	const smallest = differences.reduce((x, y) => (Math.abs(y) < Math.abs(x) ? y : x));
	return Math.abs(smallest) <= PLAUSIBLE_DELAY_US ? 0 : smallest;
}

/** What was held up one way moves the middle: those that took least tell most (RFC 5905 §10). */
function quickest(all: readonly Midpoint[]): readonly Midpoint[] {
	const least = all.reduce((most, { uncertainty }) => Math.min(most, uncertainty), Infinity);
	const limit = Math.max(least * QUICK_TIMES, least + QUICK_US);
	return all.filter(({ uncertainty }) => uncertainty <= limit);
}

interface Midpoint {
	readonly offset: number;
	/** The way there and back may be uneven by so much. */
	readonly uncertainty: number;
	readonly isWhole: boolean;
}

function midpoints({ a, b }: Sighting): Midpoint[] {
	const answers = pairedAnswers(a, b);
	if (answers === undefined) return [];
	const there = b.request.at - a.request.at;
	const back = answers.b - answers.a;
	return [
		{
			offset: (there + back) / 2,
			uncertainty: Math.abs(there - back) / 2,
			isWhole: a.sends.length === b.sends.length && a.responses.length === b.responses.length,
		},
	];
}

/** When the first final response was seen at each. */
function pairedAnswers(
	a: ClientTransaction,
	b: ClientTransaction,
): { readonly a: number; readonly b: number } | undefined {
	if (a.final === undefined || b.final === undefined) return undefined;
	if (a.final.message.statusCode !== b.final.message.statusCode) return undefined;
	return { a: a.final.at, b: b.final.at };
}

/** Which of two captures is nearer to the phone by how long the answer took: positive where it is `a`. */
export function answerTimeVote({ a, b }: Sighting): number {
	const answers = pairedAnswers(a, b);
	if (answers === undefined || a.sends.length !== b.sends.length) return 0;
	return Math.sign(answers.a - a.request.at - (answers.b - b.request.at));
}
