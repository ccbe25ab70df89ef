/** How long the flow of a registered phone was silent. Computed once for a registration. */
import type { SipMessage } from '../sip/message.js';
import { elapsedMs, type Instant } from '../time/instant.js';
import type { Observed } from '../trace/observed.js';
import { lastTransaction } from './attempt-facts.js';
import type { Attempt, Registration } from './registration.js';

export interface Pause {
	readonly before: Observed<SipMessage>;
	/** Undefined where the source ends within the pause. */
	readonly after: Observed<SipMessage> | undefined;
	readonly ms: number;
}

const known = new WeakMap<Registration, { readonly pause: Pause | undefined }>();

/** The longest time between a 200 and the next REGISTER, as far as the binding lasted. */
export function longestPause(
	registration: Registration,
	observedUntil: Instant,
): Pause | undefined {
	const found = known.get(registration) ?? { pause: find(registration, observedUntil) };
	known.set(registration, found);
	return found.pause;
}

function find({ attempts }: Registration, observedUntil: Instant): Pause | undefined {
	let longest: Pause | undefined;
	for (const [index, attempt] of attempts.entries()) {
		const pause = pauseAfter(attempt, attempts[index + 1], observedUntil);
		if (pause !== undefined && pause.ms > (longest?.ms ?? 0)) longest = pause;
	}
	return longest;
}

function pauseAfter(
	attempt: Attempt,
	next: Attempt | undefined,
	until: Instant,
): Pause | undefined {
	const before = lastTransaction(attempt)?.phone.final;
	if (attempt.outcome !== 'registered' || before === undefined) return undefined;
	// Attempts between the two were not kept: how long it was silent is not known.
	if (next !== undefined && next.number !== attempt.number + 1) return undefined;
	const after = next?.transactions[0]?.phone.request;
	const bound = (attempt.grantedExpires ?? 0) * 1000;
	const ms = Math.min(bound, elapsedMs(before.at, after?.at ?? until));
	return { before, after, ms };
}
