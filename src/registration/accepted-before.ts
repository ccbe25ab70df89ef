/** The last REGISTER with credentials that was accepted before an attempt of the same registration. */
import { lastFinal } from './attempt-facts.js';
import { type AuthenticationStep, authenticationSteps } from './authentication.js';
import type { Attempt, Registration } from './registration.js';

/** Attempts looked back at. */
const MAX_ATTEMPTS = 100;

export function acceptedBefore(
	attempt: Attempt,
	{ attempts }: Registration,
): AuthenticationStep | undefined {
	return attempts
		.filter(({ number }) => number < attempt.number)
		.slice(-MAX_ATTEMPTS)
		.filter((one) => (lastFinal(one)?.message.statusCode ?? 400) < 300)
		.flatMap((one) => authenticationSteps(one).at(-1) ?? [])
		.findLast(({ credentials }) => credentials.length > 0);
}
