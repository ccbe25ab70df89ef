/** Answers to a challenge that the server did not take, whatever is in them. */
import { refusesCredentials } from '../sip/status-codes.js';
import {
	type AuthenticationRound,
	type AuthenticationStep,
	authenticationRounds,
} from './authentication.js';
import { isRefused } from './outcome.js';
import type { Attempt } from './registration.js';

/** Every challenge of a refused attempt whose answer got 401, 403 or 407, in order. */
export function refusedRounds(
	attempt: Attempt,
	steps: readonly AuthenticationStep[],
): readonly AuthenticationRound[] {
	return isRefused(attempt.outcome) ? authenticationRounds(steps).filter(isRefusedRound) : [];
}

/** The last one, where it is also the last challenge that was answered: what came after it says nothing else. */
export function lastRefusedRound(
	attempt: Attempt,
	steps: readonly AuthenticationStep[],
): AuthenticationRound | undefined {
	const last = authenticationRounds(steps).at(-1);
	return last !== undefined && isRefused(attempt.outcome) && isRefusedRound(last)
		? last
		: undefined;
}

/** True where the server says that only the nonce is too old (RFC 7616 §3.3). */
export function isStaleRefusal({ answered }: AuthenticationRound): boolean {
	return answered.challenges.some(({ digest }) => digest.stale);
}

function isRefusedRound({ answered }: AuthenticationRound): boolean {
	return refusesCredentials(answered.final?.message.statusCode);
}
