/*
 * Over TCP nothing is sent again for want of an answer, but what the capture misses leaves a trace: the other side
 * acknowledges it. Nothing can be made of a silence in which the server sent what may be the answer, or the phone what may
 * be its next REGISTER.
 */
import { type Endpoint, sameEndpoint } from '../net/endpoint.js';
import { TIMER_F_MS } from '../sip/transaction-timers.js';
import { elapsedMs, type Instant } from '../time/instant.js';
import type { NotCapturedEvent } from '../trace/observed.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import type { Attempt } from './registration.js';

/** Bytes. CRLF and the pings of WebSocket are shorter, and no message is, not even one that was compressed. */
const SHORTEST_MESSAGE = 16;

/** The attempts of one device; those that may have gone on without being captured are left open. */
export function withoutNotCaptured(
	attempts: readonly Attempt[],
	notCaptured: readonly NotCapturedEvent[],
): readonly Attempt[] {
	if (notCaptured.length === 0) return attempts;
	return attempts.map((attempt) => {
		const last = attempt.transactions.at(-1)?.phone;
		const bytes = last && notCaptured.find((event) => goesOnWith(event, attempt, last));
		return bytes === undefined ? attempt : { ...attempt, outcome: 'open', notCaptured: bytes };
	});
}

function goesOnWith(
	event: NotCapturedEvent,
	{ outcome }: Attempt,
	{ client, server, request, final, transport, source }: ClientTransaction,
): boolean {
	if (transport === 'udp' || event.source !== source || event.length < SHORTEST_MESSAGE)
		return false;
	if (final === undefined) {
		const isSilent = outcome === 'unanswered' || outcome === 'unreachable';
		return isSilent && isSent(event, server, client) && isSoonAfter(request.at, event);
	}
	return outcome === 'challenged' && isSent(event, client, server) && isSoonAfter(final.at, event);
}

function isSent({ src, dst }: NotCapturedEvent, from: Endpoint, to: Endpoint): boolean {
	return sameEndpoint(src, from) && sameEndpoint(dst, to);
}

/** As long as a transaction lasts (RFC 3261 §17.1.2.2). */
function isSoonAfter(before: Instant, { at }: NotCapturedEvent): boolean {
	const since = elapsedMs(before, at);
	return since >= 0 && since <= TIMER_F_MS;
}
