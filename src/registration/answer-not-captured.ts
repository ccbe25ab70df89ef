/*
 * Over TCP nothing is sent again for want of an answer, but what the capture misses leaves a trace: the other side
 * acknowledges it. Nothing can be made of a silence in which the server sent what may be the answer, or the phone what may
 * be its next REGISTER.
 */
import type { Endpoint } from '../net/endpoint.js';
import { TIMER_F_MS } from '../sip/transaction-timers.js';
import { elapsedMs, type Instant } from '../time/instant.js';
import type { NotCapturedEvent } from '../trace/observed.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { flowKey } from './flow-event.js';
import { groupedBy } from './lists-by-key.js';
import type { Attempt } from './registration.js';

/** Bytes. CRLF and the pings of WebSocket are shorter, and no message is, not even one that was compressed. */
const SHORTEST_MESSAGE = 16;

/** What a source does not show, by who sent it to whom. */
export type NotCaptured = ReadonlyMap<string, readonly NotCapturedEvent[]>;

export function notCapturedByWay(events: readonly NotCapturedEvent[]): NotCaptured {
	const messages = events.filter(({ length }) => length >= SHORTEST_MESSAGE);
	return groupedBy(messages, ({ source, src, dst }) => wayKey(source, src, dst));
}

/** The attempts of one device; those that may have gone on without being captured are left open. */
export function withoutNotCaptured(
	attempts: readonly Attempt[],
	notCaptured: NotCaptured,
): readonly Attempt[] {
	if (notCaptured.size === 0) return attempts;
	return attempts.map((attempt) => {
		const last = attempt.transactions.at(-1)?.phone;
		const event = last && goesOnWith(notCaptured, attempt, last);
		if (event === undefined) return attempt;
		return { ...attempt, outcome: 'open', missed: { kind: 'bytes', event } };
	});
}

function goesOnWith(
	notCaptured: NotCaptured,
	{ outcome }: Attempt,
	{ client, server, request, final, transport, source }: ClientTransaction,
): NotCapturedEvent | undefined {
	if (transport === 'udp') return undefined;
	if (final === undefined) {
		if (outcome !== 'unanswered' && outcome !== 'unreachable') return undefined;
		return notCaptured.get(wayKey(source, server, client))?.find(isSoonAfter(request.at));
	}
	if (outcome !== 'challenged') return undefined;
	return notCaptured.get(wayKey(source, client, server))?.find(isSoonAfter(final.at));
}

function wayKey(source: string, src: Endpoint, dst: Endpoint): string {
	return `${source} ${flowKey({ src, dst })}`;
}

/** As long as a transaction lasts (RFC 3261 §17.1.2.2). */
function isSoonAfter(before: Instant): (event: NotCapturedEvent) => boolean {
	return ({ at }) => {
		const since = elapsedMs(before, at);
		return since >= 0 && since <= TIMER_F_MS;
	};
}
