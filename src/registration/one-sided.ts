/*
 * A mirror port or a filter may give one direction alone. Where a source shows no answer at all, and the phone answers a
 * challenge all the same, the silence is that of the capture and not of the server.
 */
import { sameEndpoint } from '../net/endpoint.js';
import type { SipRequest } from '../sip/message.js';
import { elapsedMs } from '../time/instant.js';
import type { Observed } from '../trace/observed.js';
import { digestCredentials } from './authentication.js';
import { CHALLENGE_PATIENCE_MS } from './outcome.js';
import type { Attempt, RegisterTransaction } from './registration.js';

/** The attempts of one device; those of which only the phone's side was captured are left open. */
export function withoutOneSided(attempts: readonly Attempt[]): readonly Attempt[] {
	// Most phones are heard: nothing is to be looked for.
	if (!attempts.some(isSilent)) return attempts;
	const transactions = attempts.flatMap((attempt) => attempt.transactions);
	// One answer is enough to show that the other direction is there.
	if (transactions.some(isHeard)) return attempts;
	const request = transactions.find((transaction, index) =>
		answersChallenge(transaction, transactions[index - 1]),
	)?.phone.request;
	if (request === undefined) return attempts;
	return attempts.map((attempt) =>
		isSilent(attempt)
			? { ...attempt, outcome: 'open', missed: { kind: 'server', request } }
			: attempt,
	);
}

function isSilent({ outcome }: Attempt): boolean {
	return outcome === 'unanswered' || outcome === 'open';
}

function isHeard({ hops }: RegisterTransaction): boolean {
	return hops.some(({ responses, unreachable }) => responses.length + unreachable.length > 0);
}

/** At once behind another REGISTER, and with a nonce that is new: nothing but a challenge to that has a phone do so. */
function answersChallenge(
	{ phone }: RegisterTransaction,
	before: RegisterTransaction | undefined,
): boolean {
	if (before === undefined) return false;
	const { callId, client, server, sends, request } = before.phone;
	const asked = sends.at(-1) ?? request;
	// Some phones take another Call-ID for their credentials.
	const isSamePhone = phone.callId === callId || sameEndpoint(phone.client, client);
	if (!isSamePhone || !sameEndpoint(phone.server, server)) return false;
	if (elapsedMs(asked.at, phone.request.at) > CHALLENGE_PATIENCE_MS) return false;
	const known = noncesOf(request);
	return noncesOf(phone.request).some((nonce) => !known.includes(nonce));
}

function noncesOf({ message }: Observed<SipRequest>): readonly string[] {
	return digestCredentials(message).flatMap(({ digest }) => digest.nonce ?? []);
}
