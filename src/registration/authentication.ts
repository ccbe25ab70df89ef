/** Who asked for which credentials, and what came back: the 401/407 rounds of an attempt (RFC 3261 §22). */
import type { DigestChallenge, DigestCredentials } from '../digest/digest.js';
import { readChallenges } from '../sip/headers/authenticate.js';
import { readCredentials } from '../sip/headers/authorization.js';
import type { SipRequest, SipResponse } from '../sip/message.js';
import { isChallenge } from '../sip/status-codes.js';
import type { Observed } from '../trace/observed.js';
import type { Attempt, RegisterTransaction } from './registration.js';

export interface OfferedChallenge {
	readonly header: string;
	readonly digest: DigestChallenge;
	readonly response: Observed<SipResponse>;
}

export interface SentCredentials {
	readonly header: string;
	readonly digest: DigestCredentials;
}

/** One REGISTER transaction seen as a step of the authentication. */
export interface AuthenticationStep {
	readonly transaction: RegisterTransaction;
	readonly request: Observed<SipRequest>;
	/**
	 * Digest credentials with a response. The Authorization of an initial IMS REGISTER carries an empty one
	 * (3GPP TS 24.229 §5.1.1.2) and counts as none.
	 */
	readonly credentials: readonly SentCredentials[];
	/**
	 * The Digest challenges of every 401 and 407 to this transaction: a stateless server answers each retransmission
	 * with another nonce, and any of them counts as current.
	 */
	readonly challenges: readonly OfferedChallenge[];
	readonly final: Observed<SipResponse> | undefined;
}

/** A challenge and the credentials that came next. */
export interface AuthenticationRound {
	readonly challenged: AuthenticationStep;
	readonly answered: AuthenticationStep;
}

/** Dozens of rules ask for the steps and rounds of one attempt; both are values of it that never change. */
const STEPS = new WeakMap<Attempt, readonly AuthenticationStep[]>();
const ROUNDS = new WeakMap<readonly AuthenticationStep[], readonly AuthenticationRound[]>();

export function authenticationSteps(attempt: Attempt): readonly AuthenticationStep[] {
	const known = STEPS.get(attempt);
	if (known !== undefined) return known;
	const steps = attempt.transactions.map(authenticationStep);
	STEPS.set(attempt, steps);
	return steps;
}

export function authenticationStep(transaction: RegisterTransaction): AuthenticationStep {
	const { request, responses, final } = transaction.phone;
	return {
		transaction,
		request,
		credentials: digestCredentials(request.message),
		challenges: responses.flatMap(offeredChallenges),
		final,
	};
}

/** Every pair of a challenged step and the step with credentials right after it, in order. */
export function authenticationRounds(
	steps: readonly AuthenticationStep[],
): readonly AuthenticationRound[] {
	const known = ROUNDS.get(steps);
	if (known !== undefined) return known;
	const rounds: AuthenticationRound[] = [];
	for (const [index, answered] of steps.entries()) {
		const challenged = steps[index - 1];
		if (challenged === undefined || answered.credentials.length === 0) continue;
		if (challenged.challenges.length > 0) rounds.push({ challenged, answered });
	}
	ROUNDS.set(steps, rounds);
	return rounds;
}

/** The credentials of the answer that are meant for one of the realms offered; else the first. */
export function answeringCredentials(round: AuthenticationRound): DigestCredentials | undefined {
	const realms = new Set(round.challenged.challenges.map(({ digest }) => digest.realm));
	const { credentials } = round.answered;
	return (credentials.find(({ digest }) => realms.has(digest.realm)) ?? credentials[0])?.digest;
}

/** The Digest credentials of a request that have a response. */
export function digestCredentials(request: SipRequest): readonly SentCredentials[] {
	return readCredentials(request).flatMap(({ header, digest }) =>
		digest?.response === undefined || digest.response === '' ? [] : [{ header, digest }],
	);
}

function offeredChallenges(response: Observed<SipResponse>): readonly OfferedChallenge[] {
	if (!isChallenge(response.message.statusCode)) return [];
	return readChallenges(response.message).flatMap(({ header, digest }) =>
		digest === undefined ? [] : [{ header, digest, response }],
	);
}
