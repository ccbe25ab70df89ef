/*
 * What the network told of one registration, put into its attempts: a connection that failed before a REGISTER belongs
 * to the attempt that follows, one that was cut to the attempt that it cut, and a refresh that never left is an attempt
 * of its own.
 */

import { sameEndpoint } from '../net/endpoint.js';
import { TIMER_F_MS } from '../sip/transaction-timers.js';
import { elapsedMs, type Instant } from '../time/instant.js';
import type { FragmentEvent } from '../trace/observed.js';
import { numbered } from './attempt-facts.js';
import { type FlowEvent, flowKey, isFlowEvent, isFlowFailure } from './flow-event.js';
import { beginningsOf, isBeginningOf, isOfRegister } from './lost-fragments.js';
import { CHALLENGE_PATIENCE_MS, UNANSWERED_SENDS } from './outcome.js';
import type { Attempt, AttemptEvent, Outcome, RegisterTransaction } from './registration.js';

export interface EventsOfDevice {
	readonly events: readonly AttemptEvent[];
	/** REGISTERs of which a fragment is missing here, and which were answered all the same: the capture has a gap. */
	readonly answeredUnseen: ReadonlySet<AttemptEvent>;
	readonly observedUntil: Instant;
}

/** The attempts with their events, renumbered where some are made of events alone. */
export function placeEvents(
	attempts: readonly Attempt[],
	{ events, answeredUnseen, observedUntil }: EventsOfDevice,
): readonly Attempt[] {
	if (events.length === 0) return attempts;
	const placed = new Map<Attempt, AttemptEvent[]>();
	const alone: AttemptEvent[][] = [];
	for (const event of events) {
		const home = homeOf(event, attempts);
		if (home !== undefined) placed.set(home, [...(placed.get(home) ?? []), event]);
		else if (!answeredUnseen.has(event) && opensAttempt(event, attempts, observedUntil))
			addAlone(alone, event, attempts);
	}
	const withEvents = attempts.map((attempt) => {
		const own = placed.get(attempt);
		if (own === undefined) return attempt;
		const told = own.filter((event) => !answeredUnseen.has(event));
		return told.length < own.length && !isDone(attempt)
			? { ...attempt, failures: told, outcome: 'open' as const, finalStatus: undefined }
			: explained(attempt, told, observedUntil);
	});
	const all = [...withEvents, ...alone.map((run) => attemptOfEvents(run, observedUntil))];
	return numbered(all.toSorted((a, b) => startOf(a) - startOf(b)));
}

/** An attempt of which only the network's words were seen. */
export function attemptOfEvents(events: readonly AttemptEvent[], observedUntil: Instant): Attempt {
	return {
		number: 1,
		repeated: 0,
		transactions: [],
		outcome: outcomeWithoutRegister(events, observedUntil),
		finalStatus: undefined,
		grantedExpires: undefined,
		failures: events,
	};
}

/** Events closer to each other than a transaction lasts are one attempt. */
export function isSameAttempt(earlier: AttemptEvent, later: AttemptEvent): boolean {
	return elapsedMs(earlier.at, later.at) < TIMER_F_MS;
}

function homeOf(event: AttemptEvent, attempts: readonly Attempt[]): Attempt | undefined {
	const own = attempts.find((attempt) => holdsBeginning(attempt, event));
	if (own !== undefined) return own;
	const earlier = attempts.findLast((attempt) => startOf(attempt) <= event.at);
	const next = attempts.find((attempt) => startOf(attempt) > event.at);
	if (earlier !== undefined) {
		if (isCut(event) && usesFlow(earlier, event)) return earlier;
		const since = elapsedMs(endOf(earlier), event.at);
		if (since <= 0 || (!isDone(earlier) && since < patienceMs(event))) return earlier;
	}
	// Two connections a phone opens in one go are one attempt; a closed one long before is not its affair.
	const isPrelude = next !== undefined && elapsedMs(event.at, startOf(next)) < patienceMs(event);
	return isPrelude ? next : undefined;
}

/** The message in the first of the fragments is one of its own. */
function holdsBeginning({ transactions }: Attempt, event: AttemptEvent): boolean {
	if (event.kind !== 'fragments-lost') return false;
	const hops = transactions.flatMap((transaction) => transaction.hops);
	return beginningsOf(hops).some((observed) => isBeginningOf(event, observed));
}

/** Linux gives up a connection after 127 s; a gateway that is missing is so as long as nothing follows. */
const CONNECT_TIMEOUT_MS = 128_000;

/** How long an event is of one story with the REGISTERs around it. */
export function patienceMs(event: AttemptEvent): number {
	if (event.kind === 'neighbour-unanswered') return Infinity;
	const isSlow = event.kind === 'connection' && event.outcome === 'timed-out';
	return isSlow ? CONNECT_TIMEOUT_MS : TIMER_F_MS;
}

/** The end of a flow that was up, as opposed to one that never came up. */
function isCut(event: AttemptEvent): boolean {
	if (!isFlowEvent(event)) return event.kind === 'foreign-answer';
	if (event.kind !== 'connection') return true;
	return event.established === true || event.outcome === 'reset' || event.outcome === 'closed';
}

function usesFlow({ transactions }: Attempt, event: AttemptEvent): boolean {
	if (!isFlowEvent(event)) return event.kind === 'foreign-answer';
	const flow = flowKey(event);
	return transactions.some(({ hops }) =>
		hops.some(({ client, server }) => flowKey({ src: client, dst: server }) === flow),
	);
}

/** The registrar granted or removed what was asked: what comes later is another attempt. */
function isDone({ outcome }: Attempt): boolean {
	return outcome === 'registered' || outcome === 'unregistered' || outcome === 'queried';
}

/** Only what kept a REGISTER from leaving; a neighbour that is missing for a moment does not, unless the binding lapsed. */
function opensAttempt(
	event: AttemptEvent,
	attempts: readonly Attempt[],
	observedUntil: Instant,
): boolean {
	switch (event.kind) {
		case 'connection':
		case 'tls':
		case 'websocket':
			return (
				isFlowFailure(event) &&
				!attempts.some((attempt) => usesFlow(attempt, event)) &&
				!isAside(event, attempts)
			);
		case 'fragments-lost':
			return isOfRegister(event);
		case 'neighbour-unanswered':
			return isLapsed(attempts, event, observedUntil);
		case 'resolution':
		case 'dns':
		case 'foreign-answer':
			return false;
	}
}

/** While a binding lasts, only a connection to the server that granted it is its refresh. */
function isAside({ at, dst }: FlowEvent, attempts: readonly Attempt[]): boolean {
	const last = attempts.findLast((attempt) => startOf(attempt) <= at);
	if (last?.outcome !== 'registered') return false;
	const lasts = elapsedMs(endOf(last), at) <= (last.grantedExpires ?? Infinity) * 1000;
	const isRefresh = last.transactions.some(
		({ phone }) => phone.transport !== 'udp' && sameEndpoint(phone.server, dst),
	);
	return lasts && !isRefresh;
}

/** The last binding ran out, and no REGISTER renewed it. */
function isLapsed(
	attempts: readonly Attempt[],
	event: AttemptEvent,
	observedUntil: Instant,
): boolean {
	const last = attempts.at(-1);
	if (last?.outcome !== 'registered' || last.grantedExpires === undefined) return false;
	if (startOf(last) > event.at) return false;
	return elapsedMs(endOf(last), observedUntil) > last.grantedExpires * 1000;
}

function addAlone(
	alone: AttemptEvent[][],
	event: AttemptEvent,
	attempts: readonly Attempt[],
): void {
	const run = alone.at(-1);
	const before = run?.at(-1);
	const isApart =
		before === undefined ||
		!isSameAttempt(before, event) ||
		attempts.some((attempt) => startOf(attempt) > before.at && startOf(attempt) < event.at);
	if (run === undefined || isApart) alone.push([event]);
	else run.push(event);
}

/** The outcome that an attempt has once it is known what the network told of it. */
function explained(
	attempt: Attempt,
	events: readonly AttemptEvent[],
	observedUntil: Instant,
): Attempt {
	const failures = [...attempt.failures, ...events];
	const last = attempt.transactions.at(-1);
	if (last === undefined || isDone(attempt)) return { ...attempt, failures };
	const answered = attempt.transactions.some(({ phone }) => phone.responses.length > 0);
	const cut = events.some(
		(event) =>
			isFlowEvent(event) &&
			isFlowFailure(event) &&
			(event.at >= endOf(attempt) || usesFlow({ ...attempt, transactions: [last] }, event)),
	);
	if (!answered && cut) return { ...attempt, failures, outcome: 'unreachable' };
	const isLost =
		attempt.outcome === 'open' &&
		elapsedMs(last.phone.request.at, observedUntil) >= CHALLENGE_PATIENCE_MS &&
		events.some((event) => isNeverAcknowledged(event, last));
	return isLost ? { ...attempt, failures, outcome: 'unanswered' } : { ...attempt, failures };
}

/** Over TCP the copies of a REGISTER are those of its segment: the phone itself sends it once. */
function isNeverAcknowledged(event: AttemptEvent, { phone }: RegisterTransaction): boolean {
	return (
		event.kind === 'connection' &&
		event.established === true &&
		event.outcome === 'timed-out' &&
		(event.copies ?? 0) >= UNANSWERED_SENDS &&
		phone.responses.length === 0 &&
		flowKey(event) === flowKey({ src: phone.client, dst: phone.server })
	);
}

function outcomeWithoutRegister(events: readonly AttemptEvent[], until: Instant): Outcome {
	const failed = events.some(
		(event) =>
			event.kind === 'neighbour-unanswered' || (isFlowEvent(event) && isFlowFailure(event)),
	);
	if (failed) return 'unreachable';
	return silenceOf(
		events.filter((event): event is FragmentEvent => event.kind === 'fragments-lost'),
		until,
	);
}

/** Design §2, unanswered: three sends, or 32 s; a fragment event is one send. */
function silenceOf(sends: readonly FragmentEvent[], until: Instant): Outcome {
	const [first] = sends;
	if (first === undefined) return 'open';
	// One that was sent once and never again was answered as likely as not: see sent-once.ts.
	const waited = sends.length > 1 && elapsedMs(first.at, until) >= TIMER_F_MS;
	return waited || sends.length >= UNANSWERED_SENDS ? 'unanswered' : 'open';
}

function startOf({ transactions, failures }: Attempt): Instant {
	return transactions[0]?.phone.request.at ?? failures[0]?.at ?? 0;
}

function endOf({ transactions, failures }: Attempt): Instant {
	const times = transactions.flatMap(({ phone }) => [
		...phone.sends.map(({ at }) => at),
		...phone.responses.map(({ at }) => at),
	]);
	return times.length > 0 ? Math.max(...times) : (failures.at(-1)?.at ?? 0);
}
