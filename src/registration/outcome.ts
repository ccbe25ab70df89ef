/** How an attempt ended (design §2, outcome). */
import { readCredentials } from '../sip/headers/authorization.js';
import type { SipRequest, SipResponse } from '../sip/message.js';
import { isChallenge } from '../sip/status-codes.js';
import { T2_MS, TIMER_F_MS } from '../sip/transaction-timers.js';
import { elapsedMs, type Instant } from '../time/instant.js';
import type { Observed } from '../trace/observed.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import {
	type AuthenticationStep,
	authenticationStep,
	digestCredentials,
} from './authentication.js';
import { bearerHeader } from './bearer-token.js';
import { ownBinding, plainGrant } from './binding.js';
import { autsOf } from './ims.js';
import { purposeOf } from './register-request.js';
import type { Missed, Outcome, RegisterTransaction } from './registration.js';
import { agreedProtection } from './security-agreement.js';
import type { UnseenAfter } from './unseen-requests.js';

/**
 * A phone answers a challenge or a 423 within milliseconds; a source that ends sooner than this after one has not
 * shown that nothing followed.
 */
export const CHALLENGE_PATIENCE_MS = T2_MS;

/** Sends of one REGISTER after which silence is more than a lost packet. */
export const UNANSWERED_SENDS = 3;

/** Outcomes that need a cause. */
export function isFailed(outcome: Outcome): boolean {
	switch (outcome) {
		case 'challenged':
		case 'rejected':
		case 'redirected':
		case 'unanswered':
		case 'unreachable':
			return true;
		case 'registered':
		case 'unregistered':
		case 'queried':
		case 'open':
			return false;
	}
}

/** How an attempt ended, and the seconds that the phone was bound for where it was. */
export interface Ending {
	readonly outcome: Outcome;
	readonly grantedExpires: number | undefined;
	readonly missed?: Missed;
}

/** How far an attempt is seen. */
export interface Seen {
	/** The time of the source's last packet, or of the next attempt. */
	readonly until: Instant;
	/** What goes on unseen has not ended. */
	readonly unseenAfter: UnseenAfter;
	/** So long, in ms, an answer may still be on its way, however often the phone has asked: such a time it took before. */
	readonly patienceMs: number;
}

/** The ending of an attempt of these transactions. */
export function endingOf(transactions: readonly RegisterTransaction[], seen: Seen): Ending {
	const last = transactions.at(-1);
	const final = last?.phone.final;
	if (last !== undefined && final !== undefined && final.message.statusCode < 300)
		return success(last.phone, final);
	const missed = last && missedOf(last.phone, seen);
	if (missed !== undefined) return { outcome: 'open', grantedExpires: undefined, missed };
	return { outcome: withoutSuccess(transactions, seen), grantedExpires: undefined };
}

function missedOf(phone: ClientTransaction, { until, unseenAfter }: Seen): Missed | undefined {
	const answer = unseenAfter(phone, until);
	if (answer !== undefined) return { kind: 'request', answer };
	const message = phone.final === undefined ? phone.cutResponse : cutCredentials(phone);
	return message === undefined ? protectedAnswer(phone) : { kind: 'cut', message };
}

/** A REGISTER whose challenge is answered where the source does not look, or cannot see. */
function protectedAnswer(phone: ClientTransaction): Missed | undefined {
	const { request, final } = phone;
	if (final === undefined || !isChallenge(final.message.statusCode)) return undefined;
	if (!isBare(request.message)) return undefined;
	const protection = agreedProtection(phone);
	return protection && { kind: 'protected', challenge: final, protection };
}

/** A challenged REGISTER whose credentials, if it had any, are behind the snaplen. */
function cutCredentials({ request, final }: ClientTransaction): Observed<SipRequest> | undefined {
	if (!request.cut || !isChallenge(final?.message.statusCode)) return undefined;
	return isBare(request.message) ? request : undefined;
}

function isBare(request: SipRequest): boolean {
	return digestCredentials(request).length === 0 && bearerHeader(request) === undefined;
}

function withoutSuccess(transactions: readonly RegisterTransaction[], seen: Seen): Outcome {
	const last = transactions.at(-1);
	if (last === undefined) return 'open';
	const { phone } = last;
	if (phone.final === undefined) return withoutFinal(transactions, phone, seen);
	const { statusCode } = phone.final.message;
	const patience = elapsedMs(phone.final.at, seen.until) < CHALLENGE_PATIENCE_MS;
	if (patience && awaitsRetry(last, transactions)) return 'open';
	if (statusCode < 400) return 'redirected';
	return isChallenge(statusCode) && isBare(phone.request.message) ? 'challenged' : 'rejected';
}

function success(
	{ request, server }: ClientTransaction,
	{ message, cut }: Observed<SipResponse>,
): Ending {
	const granted = plainGrant(request.message, message);
	if (granted !== undefined) return { outcome: 'registered', grantedExpires: granted };
	const purpose = purposeOf(request.message);
	if (purpose === 'query' && request.cut)
		return {
			outcome: 'open',
			grantedExpires: undefined,
			missed: { kind: 'cut', message: request },
		};
	if (purpose === 'query') return { outcome: 'queried', grantedExpires: undefined };
	if (purpose === 'remove') return { outcome: 'unregistered', grantedExpires: undefined };
	const binding = ownBinding(request.message, message, server.address);
	// The rest of the list was not captured.
	const isListCut = cut && binding?.contact === undefined;
	const isBound = binding === undefined ? cut : binding.expires !== 0;
	return isBound
		? { outcome: 'registered', grantedExpires: isListCut ? undefined : binding?.expires }
		: { outcome: 'unregistered', grantedExpires: undefined };
}

function withoutFinal(
	transactions: readonly RegisterTransaction[],
	phone: ClientTransaction,
	{ until, patienceMs }: Seen,
): Outcome {
	const answered = transactions.some((transaction) => transaction.phone.responses.length > 0);
	const refused = phone.unreachable.some(
		({ reason }) => reason !== 'fragmentation-needed' && reason !== 'time-exceeded',
	);
	if (refused && !answered) return 'unreachable';
	const waited = elapsedMs(phone.request.at, until);
	if (waited >= TIMER_F_MS) return 'unanswered';
	return phone.sends.length >= UNANSWERED_SENDS && waited >= patienceMs ? 'unanswered' : 'open';
}

/**
 * True where a healthy phone comes back at once, so that an early end of the source proves nothing: after the first
 * challenge of an attempt or of a realm, cached credentials that were challenged anew, the first stale=true, the first
 * auts of a SIM, the first 423, 494 or redirect. A phone that came round before has shown what it does; behind a 423 or
 * a redirect, which some answer without their credentials, it begins anew.
 */
function awaitsRetry(
	last: RegisterTransaction,
	transactions: readonly RegisterTransaction[],
): boolean {
	const status = statusOf(last.phone);
	const earlier = transactions.slice(0, -1);
	if (asksForAnotherRequest(status))
		return earlier.every(({ phone }) => statusOf(phone) !== status);
	if (!isChallenge(status)) return false;
	const step = authenticationStep(last);
	// Also one that held no challenge to answer: it went by, and the phone came again.
	const challenged = earlier
		.slice(earlier.findLastIndex(({ phone }) => asksForAnotherRequest(statusOf(phone))) + 1)
		.map(authenticationStep)
		.filter(({ final }) => final !== undefined && wasKnown(final, last));
	if (step.credentials.length > 0 && step.challenges.some(({ digest }) => digest.stale)) {
		return challenged.every(({ credentials }) => credentials.length === 0);
	}
	// The network goes on from the number that the SIM told it, once (RFC 3310 §3.4).
	if (isResynchronising(last)) return !earlier.some(isResynchronising);
	return challenged.length === 0 || asksForAnotherRealm(step, challenged);
}

/** A challenge that the phone had before it sent this one: REGISTERs may overlap. */
function wasKnown({ message, at }: Observed<SipResponse>, { phone }: RegisterTransaction): boolean {
	return isChallenge(message.statusCode) && at < phone.request.at;
}

function isResynchronising({ phone: { request } }: RegisterTransaction): boolean {
	return readCredentials(request.message).some(
		({ digest }) => digest !== undefined && autsOf(digest) !== undefined,
	);
}

function statusOf({ final }: ClientTransaction): number {
	return final?.message.statusCode ?? 0;
}

/** Another expiry, a security agreement, another target. */
function asksForAnotherRequest(status: number): boolean {
	return status === 423 || status === 494 || (status >= 300 && status < 400);
}

/** Registrar behind proxy: the credentials for the one are accepted, and the other asks for the first time. */
function asksForAnotherRealm(
	{ credentials, challenges }: AuthenticationStep,
	challenged: readonly AuthenticationStep[],
): boolean {
	const known = [...credentials, ...challenged.flatMap((step) => step.challenges)];
	return (
		credentials.length > 0 &&
		challenges.length > 0 &&
		challenges.every((offer) => known.every(({ digest }) => digest.realm !== offer.digest.realm))
	);
}

/** The server spoke last, and what it said was no. */
export function isRefused(outcome: Outcome): boolean {
	return outcome === 'challenged' || outcome === 'rejected';
}
