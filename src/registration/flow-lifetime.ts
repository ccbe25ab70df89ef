/** How long the NAT keeps the way to a phone open, from what the server asked it and which of it was answered. */
import { elapsedMs, type Instant } from '../time/instant.js';
import type { KeepAlive } from './keep-alive.js';
import { keepAlivesOf, phoneSendTimes } from './keep-alives.js';
import type { Attempt, Registration } from './registration.js';
import type { SourceIndex } from './source-index.js';

export interface FlowLifetime {
	/** Longest silence of the phone after which a request was still answered, and that request. */
	readonly keptMs: number;
	readonly kept: KeepAlive;
	/** Shortest silence of the phone after which one was not. */
	readonly lostMs: number;
	readonly lost: readonly KeepAlive[];
}

/**
 * The interval in which the NAT forgets (knowledge E2). Undefined unless every request after a longer silence went
 * unanswered and every one after a shorter silence did not: then it is time, and not the phone or chance.
 */
export function flowLifetime(
	registration: Registration,
	attempt: Attempt,
	index: SourceIndex,
	observedUntil: Instant,
): FlowLifetime | undefined {
	const { answered, unanswered } = keepAlivesOf(attempt, index, observedUntil);
	if (answered.length === 0 || unanswered.length < 2) return undefined;
	const sends = phoneSendTimes(registration, answered);
	const kept = answered.map((one) => ({ one, ms: silenceBefore(one.at, sends) }));
	const lost = unanswered.map((one) => ({ one, ms: silenceBefore(one.at, sends) }));
	const longest = kept.reduce((a, b) => (b.ms > a.ms ? b : a));
	const lostMs = lost.reduce((least, { ms }) => Math.min(least, ms), Infinity);
	if (lostMs <= longest.ms || !Number.isFinite(lostMs)) return undefined;
	return { keptMs: longest.ms, kept: longest.one, lostMs, lost: lost.map(({ one }) => one) };
}

/** Since the phone sent anything; infinite where it never did. */
function silenceBefore(at: Instant, sends: readonly Instant[]): number {
	const last = sends.findLast((send) => send < at);
	return last === undefined ? Infinity : elapsedMs(last, at);
}
