/** Challenges that a phone came away from without credentials, over its attempts (RFC 3261 §22.2). */
import { sendsAfterFinal } from './attempt-facts.js';
import { type AuthenticationStep, authenticationSteps } from './authentication.js';
import type { Attempt, Registration } from './registration.js';

/** Attempts looked back at: more of them say no more. */
const MAX_ATTEMPTS = 8;

/**
 * The challenged steps of the attempts right before this one that ended in the same way: a phone that waits for a minute
 * begins a new attempt each time.
 */
export function challengedBefore(
	{ attempts }: Registration,
	{ number }: Attempt,
): readonly AuthenticationStep[] {
	const at = attempts.findLastIndex((one) => one.number < number);
	const earlier = attempts.slice(Math.max(0, at + 1 - MAX_ATTEMPTS), at + 1);
	const other = earlier.findLastIndex(({ outcome, transactions }) => {
		const last = transactions.at(-1)?.phone;
		return outcome !== 'challenged' || last === undefined || sendsAfterFinal(last).length > 0;
	});
	return earlier
		.slice(other + 1)
		.flatMap(authenticationSteps)
		.filter(({ challenges }) => challenges.length > 0);
}
