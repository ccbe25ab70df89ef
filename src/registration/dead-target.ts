/** A server that the DNS names first and that is dead, and what the phone made of the others (RFC 3263 §4.3). */

import { TIMER_F_MS } from '../sip/transaction-timers.js';
import { elapsedMs, type Instant } from '../time/instant.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { lastTransaction } from './attempt-facts.js';
import { isTarget, type ServiceTarget, serviceTargets } from './lookups.js';
import type { Attempt, Registration } from './registration.js';
import { isUnheard } from './server-choice.js';

/** Sends without an answer after which a server counts as dead, and a failover that is no longer quick. */
const DEAD_SENDS = 3;
const SLOW_FAILOVER_MS = 4_000;

export interface DeadTarget {
	readonly target: ServiceTarget;
	readonly dead: ClientTransaction;
	/** Another server that the DNS names. */
	readonly next: ServiceTarget;
	/** Undefined where no other server was tried. */
	readonly after: { readonly transaction: ClientTransaction; readonly delayMs: number } | undefined;
}

/** The preferred SRV target is dead, and the phone tried another one late, or not at all. */
export function deadTarget(
	attempt: Attempt,
	registration: Registration,
	observedUntil: Instant,
): DeadTarget | undefined {
	const transport = lastTransaction(attempt)?.phone.transport;
	const targets = serviceTargets(registration.lookups).filter(
		(target) => target.transport === transport && target.addresses.length > 0,
	);
	// Without another one there is nothing to fail over to; and all attempts need not be looked at.
	if (targets.length < 2) return undefined;
	const [target] = targets;
	const sent = registration.attempts
		.filter(({ number }) => number <= attempt.number)
		.flatMap(({ transactions }) => transactions)
		.map(({ phone }) => phone);
	const dead = sent.find((one) => targets.some((each) => isPreferred(each, target, one)));
	const next = targets.find((each) => dead !== undefined && !isTarget(each, dead.server));
	const used = targets.find((each) => dead !== undefined && isTarget(each, dead.server));
	if (dead === undefined || next === undefined || used === undefined) return undefined;
	if (!isDead(dead)) return undefined;
	const others = sent.filter(({ server }) => server.address !== dead.server.address);
	if (others.length === 0)
		return unfailedOver(attempt, registration, { dead, used, next }, observedUntil);
	const answered = others.find(({ responses }) => responses.length > 0);
	if (answered === undefined || attempt.outcome !== 'registered') return undefined;
	const delayMs = elapsedMs(dead.request.at, answered.request.at);
	if (delayMs < SLOW_FAILOVER_MS) return undefined;
	return { target: used, dead, next, after: { transaction: answered, delayMs } };
}

function unfailedOver(
	attempt: Attempt,
	{ attempts }: Registration,
	{ dead, used, next }: { dead: ClientTransaction; used: ServiceTarget; next: ServiceTarget },
	observedUntil: Instant,
): DeadTarget | undefined {
	const triedLater = attempts
		.flatMap(({ transactions }) => transactions)
		.some(({ phone }) => phone.server.address !== dead.server.address);
	const patience = attempt.outcome === 'unreachable' ? SLOW_FAILOVER_MS : TIMER_F_MS;
	const waited = elapsedMs(dead.request.at, observedUntil) >= patience;
	if (triedLater || !waited || !isUnheard(attempt)) return undefined;
	return { target: used, dead, next, after: undefined };
}

function isPreferred(
	each: ServiceTarget,
	first: ServiceTarget | undefined,
	{ server }: ClientTransaction,
): boolean {
	return each.priority === first?.priority && isTarget(each, server);
}

function isDead({ responses, sends, unreachable }: ClientTransaction): boolean {
	return responses.length === 0 && (sends.length >= DEAD_SENDS || unreachable.length > 0);
}
