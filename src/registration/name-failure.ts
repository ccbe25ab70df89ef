/** Why a name led to no server: one answer out of many questions. */
import type { DnsEvent, ResolutionEvent } from '../trace/observed.js';
import { addressesIn, domainOf, isAddressQuestion, isSinkhole } from './lookups.js';
import type { Attempt } from './registration.js';

export interface NameFailure {
	/** `no-record`: the name or its domain exists, and not the record asked for. `sinkhole`: an address of nobody. */
	readonly outcome: ResolutionEvent['outcome'] | 'sinkhole';
	readonly name: string;
	/** `A`, `SRV`; a probe's resolver asks for addresses. */
	readonly type: string;
	readonly seen: DnsEvent | ResolutionEvent;
	/** What the server or the resolver said. */
	readonly words: string;
}

/** Every name that failed a probe; for a phone in a capture the one question at which it ended. */
export function nameFailures(
	{ failures }: Attempt,
	lookups: readonly DnsEvent[],
): readonly NameFailure[] {
	const resolutions = failures.flatMap((seen) =>
		seen.kind === 'resolution' ? [resolutionFailure(seen)] : [],
	);
	const asked = failures.filter((event) => event.kind === 'dns');
	const failure = asked.length === 0 ? undefined : worstOf(asked, lookups);
	return failure === undefined ? resolutions : [...resolutions, failure];
}

function resolutionFailure(seen: ResolutionEvent): NameFailure {
	const { outcome, name, errno } = seen;
	return { outcome, name, type: 'A', seen, words: `${name}: ${errno ?? outcome}` };
}

/**
 * The failed questions of the last stage that a phone came to: addresses, before them SRV, before that NAPTR. None
 * where an address was found, or where the phone may have known the rest from before.
 */
export function failedLookups(lookups: readonly DnsEvent[]): readonly DnsEvent[] {
	const best = bestOutcomes(lookups);
	if (best.flatMap(addressesIn).some((address) => !isSinkhole(address))) return [];
	const stages = [
		best.filter(isAddressQuestion),
		best.filter(({ type }) => type === 'SRV'),
		best.filter(({ type }) => type === 'NAPTR'),
	];
	const last = stages.find((stage) => stage.length > 0) ?? [];
	const found = last.some((event) => event.outcome === 'answered' && !isSunk(event));
	return found ? [] : last;
}

/** One event a question: an answer before an error, an error before silence, of two the later. */
function bestOutcomes(lookups: readonly DnsEvent[]): readonly DnsEvent[] {
	const best = new Map<string, DnsEvent>();
	for (const event of lookups) {
		const key = `${event.type} ${event.name}`;
		const known = best.get(key);
		if (known === undefined || weight(event) >= weight(known)) best.set(key, event);
	}
	return [...best.values()];
}

function weight({ outcome }: DnsEvent): number {
	if (outcome === 'answered') return 2;
	return outcome === 'unanswered' ? 0 : 1;
}

/** Knowledge B1: NXDOMAIN before a server that cannot answer or is silent, those before a missing record. */
const ORDER: readonly NameFailure['outcome'][] = [
	'sinkhole',
	'nxdomain',
	'failure',
	'timed-out',
	'no-record',
];

function worstOf(
	failed: readonly DnsEvent[],
	lookups: readonly DnsEvent[],
): NameFailure | undefined {
	return failed
		.map((event) => failureOf(event, lookups))
		.toSorted((a, b) => ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome))[0];
}

function failureOf(seen: DnsEvent, lookups: readonly DnsEvent[]): NameFailure {
	const { name, type } = seen;
	const outcome = outcomeOf(seen, lookups);
	return { outcome, name, type, seen, words: `${type} ${name}: ${wordsOf(seen)}` };
}

function outcomeOf(seen: DnsEvent, lookups: readonly DnsEvent[]): NameFailure['outcome'] {
	switch (seen.outcome) {
		case 'nxdomain':
			return domainExists(seen, lookups) ? 'no-record' : 'nxdomain';
		case 'servfail':
		case 'refused':
			return 'failure';
		case 'unanswered':
			return 'timed-out';
		case 'empty':
			return 'no-record';
		case 'answered':
			return isSunk(seen) ? 'sinkhole' : 'no-record';
	}
}

function wordsOf(event: DnsEvent): string {
	switch (event.outcome) {
		case 'nxdomain':
			return 'NXDOMAIN';
		case 'servfail':
			return 'SERVFAIL';
		case 'refused':
			return 'REFUSED';
		case 'empty':
			return 'no such record';
		case 'answered':
			return addressesIn(event).join(', ');
		case 'unanswered':
			return event.copies === 1 ? 'no answer' : `no answer to ${event.copies} copies`;
	}
}

/** `_sip._udp.example.com` is not there, and something else of example.com is: then the name was spelt right. */
function domainExists(seen: DnsEvent, lookups: readonly DnsEvent[]): boolean {
	const domain = domainOf(seen);
	if (domain === undefined || domain === seen.name) return false;
	return lookups.some(
		({ name, outcome }) =>
			(outcome === 'answered' || outcome === 'empty') &&
			(name === domain || name.endsWith(`.${domain}`)),
	);
}

function isSunk(event: DnsEvent): boolean {
	const addresses = addressesIn(event);
	return isAddressQuestion(event) && addresses.length > 0 && addresses.every(isSinkhole);
}
