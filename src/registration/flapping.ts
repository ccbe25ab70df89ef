/** How often a registration was lost and made again. Computed once for a registration. */
import type { SipMessage } from '../sip/message.js';
import { elapsedMs, type Instant } from '../time/instant.js';
import type { Observed } from '../trace/observed.js';
import { lastTransaction } from './attempt-facts.js';
import { isFailed } from './outcome.js';
import { purposeOf } from './register-request.js';
import type { Attempt, Registration } from './registration.js';

/** Losses further apart than this are separate incidents. */
const SAME_INCIDENT_MS = 30 * 60_000;

/** Whoever unregisters on purpose does not come back sooner. */
const QUICK_MS = 10_000;

export interface Flap {
	/** The answer that bound it, what lost it, and the REGISTER that bound it again. */
	readonly bound: Observed<SipMessage>;
	readonly lost: Observed<SipMessage>;
	readonly again: Observed<SipMessage>;
	readonly how: 'removed' | 'failed';
	readonly heldMs: number;
	readonly goneMs: number;
	readonly grantedMs: number;
}

const known = new WeakMap<Registration, readonly Flap[]>();

/** The losses of the last incident, in order: registered, then removed or failed, then registered again. */
export function flapping(registration: Registration): readonly Flap[] {
	const found = known.get(registration) ?? find(registration);
	known.set(registration, found);
	return found;
}

function find({ attempts }: Registration): readonly Flap[] {
	let flaps: Flap[] = [];
	let bound: Attempt | undefined;
	let lost: Attempt | undefined;
	for (const attempt of attempts) {
		if (attempt.outcome === 'registered') {
			const flap =
				bound === undefined || lost === undefined ? undefined : flapOf(bound, lost, attempt);
			if (flap !== undefined && !isOnPurpose(flap)) {
				if (isNewIncident(flaps.at(-1), flap.lost.at)) flaps = [];
				flaps.push(flap);
			}
			bound = attempt;
			lost = undefined;
		} else if (isLoss(attempt) && isOfSameServer(bound, attempt)) lost ??= attempt;
	}
	return flaps;
}

/**
 * A phone that removes its binding where it would refresh it, and one that is away for a while after it, as monitoring
 * systems are, do what they are meant to.
 */
function isOnPurpose({ how, heldMs, grantedMs, goneMs }: Flap): boolean {
	return how === 'removed' && (heldMs * 2 >= grantedMs || goneMs > QUICK_MS);
}

function isNewIncident(last: Flap | undefined, at: Instant): boolean {
	return last !== undefined && elapsedMs(last.again.at, at) > SAME_INCIDENT_MS;
}

function isLoss(attempt: Attempt): boolean {
	if (isFailed(attempt.outcome)) return true;
	const request = lastTransaction(attempt)?.phone.request;
	return (
		attempt.outcome === 'unregistered' &&
		request !== undefined &&
		purposeOf(request.message) === 'remove'
	);
}

/** A second registrar that always fails takes nothing from the binding at the first. */
function isOfSameServer(bound: Attempt | undefined, lost: Attempt): boolean {
	const server = (attempt: Attempt | undefined) =>
		attempt === undefined ? undefined : lastTransaction(attempt)?.phone.server.address;
	return server(bound) === server(lost);
}

function flapOf(boundBy: Attempt, lostBy: Attempt, againBy: Attempt): Flap | undefined {
	const bound = lastTransaction(boundBy)?.phone.final;
	const lost = lostBy.transactions[0]?.phone.request;
	const again = againBy.transactions[0]?.phone.request;
	if (bound === undefined || lost === undefined || again === undefined) return undefined;
	const end = lastTransaction(lostBy)?.phone.final ?? lost;
	return {
		...{ bound, lost, again },
		how: isFailed(lostBy.outcome) ? 'failed' : 'removed',
		heldMs: elapsedMs(bound.at, lost.at),
		goneMs: elapsedMs(end.at, again.at),
		grantedMs: (boundBy.grantedExpires ?? 0) * 1000,
	};
}
