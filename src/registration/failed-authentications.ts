/** Refused credentials of one phone: what a registrar counts before it bans (fail2ban, pike and their like). */
import { lastTransaction } from './attempt-facts.js';
import { type AuthenticationStep, authenticationSteps } from './authentication.js';
import type { Attempt, Registration } from './registration.js';

/**
 * The REGISTERs with credentials that the server of the attempt's last REGISTER refused before it, since the last one
 * it accepted. stale=true is no failure: the nonce was too old, the password not even doubted (RFC 7616 §3.3).
 */
export function failedAuthenticationsBefore(
	attempt: Attempt,
	{ attempts }: Registration,
): readonly AuthenticationStep[] {
	const last = lastTransaction(attempt);
	const server = last?.phone.server.address;
	const earlier = attempts
		.filter(({ number }) => number <= attempt.number)
		.flatMap(authenticationSteps)
		.filter(({ transaction }) => transaction !== last)
		.filter(({ transaction }) => transaction.phone.server.address === server);
	const accepted = earlier.findLastIndex(({ final }) => (final?.message.statusCode ?? 999) < 300);
	return earlier.slice(accepted + 1).filter(isFailure);
}

function isFailure({ credentials, challenges, final }: AuthenticationStep): boolean {
	if (credentials.length === 0 || final === undefined) return false;
	if (![401, 403, 407].includes(final.message.statusCode)) return false;
	return !challenges.some(({ digest }) => digest.stale);
}
