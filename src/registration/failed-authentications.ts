/** Refused credentials of one phone: what a registrar counts before it bans (fail2ban, pike and their like). */
import { refusesCredentials } from '../sip/status-codes.js';
import { lastTransaction } from './attempt-facts.js';
import { type AuthenticationStep, authenticationStep } from './authentication.js';
import type { Attempt, RegisterTransaction, Registration } from './registration.js';

/** Answers looked back at; a phone that fails for days tells nothing more with its first thousand failures. */
const MAX_ANSWERS = 100;

export interface FailedAuthentication extends AuthenticationStep {
	/** How often: once, and as often as attempts like its own followed and were let go. */
	readonly times: number;
}

/**
 * Up to a hundred REGISTERs with credentials that the server of the attempt's last REGISTER refused before it, since the last one
 * it accepted. stale=true is no failure: the nonce was too old, the password not even doubted (RFC 7616 §3.3).
 */
export function failedAuthenticationsBefore(
	attempt: Attempt,
	{ attempts }: Registration,
): readonly FailedAuthentication[] {
	const last = lastTransaction(attempt);
	const server = last?.phone.server.address;
	const answered = attempts
		.filter(({ number }) => number <= attempt.number)
		.flatMap(({ transactions, repeated }) =>
			transactions.map((transaction) => ({ transaction, times: 1 + repeated })),
		)
		.filter(
			({ transaction: { phone } }) => phone.final !== undefined && phone.server.address === server,
		)
		.filter(({ transaction }) => transaction !== last)
		.slice(-MAX_ANSWERS);
	const accepted = answered.findLastIndex(({ transaction }) => statusOf(transaction) < 300);
	return answered
		.slice(accepted + 1)
		.filter(({ transaction }) => refusesCredentials(statusOf(transaction)))
		.map(({ transaction, times }) => ({ ...authenticationStep(transaction), times }))
		.filter(isFailure);
}

function statusOf({ phone }: RegisterTransaction): number {
	return phone.final?.message.statusCode ?? 0;
}

function isFailure({ credentials, challenges }: AuthenticationStep): boolean {
	return credentials.length > 0 && !challenges.some(({ digest }) => digest.stale);
}
