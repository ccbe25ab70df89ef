/* When a phone came back after each binding it was granted. Computed once for a registration. */
import { parsedValue } from '../bytes/parsed-value.js';
import { readExpires } from '../sip/headers/expires.js';
import type { SipRequest, SipResponse } from '../sip/message.js';
import { elapsedMs } from '../time/instant.js';
import type { DnsEvent, Observed } from '../trace/observed.js';
import { lastTransaction, sendsAfterFinal } from './attempt-facts.js';
import { contactsOf, purposeOf, requestedExpires } from './register-request.js';
import type { Attempt, Registration } from './registration.js';

/** The clocks of phone and server, and the way between them, may differ by this. */
const TOLERANCE_MS = 2_000;

/** Later than this many times the expiry is no refresh but a phone that was off, or asleep. */
const ABSENCE_FACTOR = 3;

export interface LateRefresh {
	/** The 200 that granted, and the REGISTER that came next. */
	readonly granted: Observed<SipResponse>;
	readonly next: Observed<SipRequest>;
	readonly grantedSeconds: number;
	readonly requestedSeconds: number | undefined;
	readonly afterMs: number;
}

export interface Refreshes {
	/** The next REGISTER of the same run came when the binding was over. */
	readonly late: readonly LateRefresh[];
	/** Bindings after which one came in time. */
	readonly inTime: number;
}

const known = new WeakMap<Registration, Refreshes>();

export function refreshesOf(registration: Registration): Refreshes {
	const found = known.get(registration) ?? find(registration);
	known.set(registration, found);
	return found;
}

/** So many REGISTERs in a row, each in a Call-ID of its own, show that this phone begins a new one for each refresh. */
const HABIT = 3;

function find({ attempts, lookups }: Registration): Refreshes {
	const callIds = attempts.map(({ transactions }) => transactions[0]?.phone.callId);
	const isOneEach = callIds.length >= HABIT && new Set(callIds).size === callIds.length;
	const late: LateRefresh[] = [];
	let inTime = 0;
	let bound: Attempt | undefined;
	for (const attempt of attempts) {
		const refresh = bound === undefined ? undefined : refreshBy(bound, attempt, isOneEach);
		if (refresh === 'in time') inTime += 1;
		else if (refresh !== undefined && !wasOffline(refresh, lookups)) late.push(refresh);
		bound = attempt.outcome === 'registered' ? attempt : undefined;
	}
	return { late, inTime };
}

/** Undefined where nothing can be said: the phone was started anew, was away, or REGISTERs are missing between. */
function refreshBy(
	bound: Attempt,
	by: Attempt,
	isOneCallIdEach: boolean,
): LateRefresh | 'in time' | undefined {
	const before = lastTransaction(bound)?.phone;
	const after = by.transactions[0]?.phone;
	const granted = before?.final;
	const seconds = bound.grantedExpires;
	if (before === undefined || after === undefined || granted === undefined) return undefined;
	if (seconds === undefined || seconds <= 0) return undefined;
	// The phone asks on: it has not seen what it was granted.
	if (sendsAfterFinal(before).length > 0) return undefined;
	if (purposeOf(after.request.message) !== 'bind') return undefined;
	if (before.callId !== after.callId && !isOneCallIdEach) return undefined;
	const afterMs = elapsedMs(granted.at, after.request.at);
	if (afterMs <= seconds * 1000 + TOLERANCE_MS) return 'in time';
	// A number between them was used: there were REGISTERs that the source does not show.
	if (!isOneCallIdEach && (before.cseq === undefined || after.cseq !== before.cseq + 1))
		return undefined;
	const requestedSeconds = requestedExpires(before.request.message);
	if (afterMs > Math.max(seconds, requestedSeconds ?? 0) * 1000 * ABSENCE_FACTOR) return undefined;
	return { granted, next: after.request, grantedSeconds: seconds, requestedSeconds, afterMs };
}

/** It asked for the server's name meanwhile and had no answer: it did not come late, it had nowhere to go. */
function wasOffline({ granted, next }: LateRefresh, lookups: readonly DnsEvent[]): boolean {
	return lookups.some(
		({ outcome, at }) => outcome === 'unanswered' && at > granted.at && at < next.at,
	);
}

/** The phone keeps to what it asked for and not to what it was given. */
export function goesByRequested({
	grantedSeconds,
	requestedSeconds,
	afterMs,
}: LateRefresh): boolean {
	if (requestedSeconds === undefined || requestedSeconds < grantedSeconds * 2) return false;
	return afterMs >= requestedSeconds * 1000 * 0.4 && afterMs <= requestedSeconds * 1000 * 1.05;
}

/** Where the 200 says how long: as parameter of a Contact, or in Expires. */
export function grantField({ message }: Observed<SipResponse>): string {
	const inContact = contactsOf(message).some(({ expires }) => expires !== undefined);
	return inContact || parsedValue(readExpires(message)) === undefined
		? 'Contact expires'
		: 'Expires';
}
