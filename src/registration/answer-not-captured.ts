/*
 * Over TCP nothing is sent again for want of an answer, but an answer that the capture misses leaves a trace: the phone
 * acknowledges it. Nothing can be made of the silence behind a REGISTER whose answer may be among such bytes.
 */
import { sameEndpoint } from '../net/endpoint.js';
import { TIMER_F_MS } from '../sip/transaction-timers.js';
import { elapsedMs } from '../time/instant.js';
import type { NotCapturedEvent } from '../trace/observed.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import type { Attempt } from './registration.js';

/** The attempts of one device; those whose answer may not have been captured are left open. */
export function withoutNotCaptured(
	attempts: readonly Attempt[],
	notCaptured: readonly NotCapturedEvent[],
): readonly Attempt[] {
	if (notCaptured.length === 0) return attempts;
	return attempts.map((attempt) => {
		const last = attempt.transactions.at(-1)?.phone;
		if (last === undefined || !isSilent(attempt, last)) return attempt;
		const bytes = notCaptured.find((event) => mayAnswer(event, last));
		return bytes === undefined ? attempt : { ...attempt, outcome: 'open', notCaptured: bytes };
	});
}

function isSilent({ outcome }: Attempt, { final }: ClientTransaction): boolean {
	return final === undefined && (outcome === 'unanswered' || outcome === 'unreachable');
}

/** Sent to the phone on its connection, while it waited (RFC 3261 §17.1.2.2). */
function mayAnswer(
	{ src, dst, source, at }: NotCapturedEvent,
	{ client, server, request, transport, source: seenIn }: ClientTransaction,
): boolean {
	const since = elapsedMs(request.at, at);
	return (
		transport !== 'udp' &&
		source === seenIn &&
		sameEndpoint(src, server) &&
		sameEndpoint(dst, client) &&
		since >= 0 &&
		since <= TIMER_F_MS
	);
}
