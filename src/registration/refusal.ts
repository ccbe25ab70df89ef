/** Credentials that answered a fresh challenge as they should and were refused all the same. */
import type { SipResponse } from '../sip/message.js';
import { refusesCredentials } from '../sip/status-codes.js';
import type { Observed } from '../trace/observed.js';
import {
	type AuthenticationRound,
	type AuthenticationStep,
	answeringCredentials,
	authenticationRounds,
} from './authentication.js';
import { challengesAnew, type Fingerprint, registrarFingerprint } from './fingerprint.js';
import { usesCurrentNonce } from './nonce.js';
import { isRefused } from './outcome.js';
import { offeredRealms } from './realm.js';
import { namesCredentials } from './refusal-words.js';
import type { Attempt } from './registration.js';

export interface Refusal {
	readonly round: AuthenticationRound;
	readonly final: Observed<SipResponse>;
	/** The response to the credentials says stale=true: it is the nonce that is refused, not the password. */
	readonly stale: boolean;
}

/**
 * The last round of an attempt whose credentials name an offered realm and a current nonce, where the final response
 * to them is 403, or 401 or 407 for the same realm. Undefined where an earlier proof exists (realm, nonce) or nothing was refused.
 */
export function refusedCredentials(
	attempt: Attempt,
	steps: readonly AuthenticationStep[],
): Refusal | undefined {
	// A phone may go back to a REGISTER without credentials after a refusal, or to an old nonce, which says nothing of the
	// password: the last round with a current one still says why.
	const rounds = isRefused(attempt.outcome) ? authenticationRounds(steps) : [];
	const round = rounds.findLast(usesCurrentNonce);
	const final = round?.answered.final;
	if (round === undefined || final === undefined) return undefined;
	if (!refusesCredentials(final.message.statusCode)) return undefined;
	const realm = answeringCredentials(round)?.realm;
	if (realm === undefined || !offeredRealms(round).includes(realm)) return undefined;
	// Another realm asks next: what these credentials were for let them pass.
	const { challenges } = round.answered;
	if (challenges.length > 0 && challenges.every(({ digest }) => digest.realm !== realm))
		return undefined;
	const stale = round.answered.challenges.some(({ digest }) => digest.stale);
	return { round, final, stale };
}

/**
 * The same where no challenge before them was captured: whether their nonce was fresh is not known, so that this says
 * something only where an account decides what they were computed from.
 */
export function refusedOutOfSight(
	attempt: Attempt,
	steps: readonly AuthenticationStep[],
): Refusal | undefined {
	const answered = isRefused(attempt.outcome) ? steps.at(-1) : undefined;
	const final = answered?.final;
	if (answered === undefined || final === undefined || answered.credentials.length === 0)
		return undefined;
	if (!refusesCredentials(final.message.statusCode)) return undefined;
	if (steps.some((step) => step !== answered && step.challenges.length > 0)) return undefined;
	// The round holds what the refusal asks for again.
	const round = { challenged: answered, answered };
	const realms = offeredRealms(round);
	const realm = answeringCredentials(round)?.realm;
	if (realm === undefined || (realms.length > 0 && !realms.includes(realm))) return undefined;
	return { round, final, stale: answered.challenges.some(({ digest }) => digest.stale) };
}

/**
 * Asterisk PJSIP answers credentials that it does not accept with another 401: its 403 comes behind them, whatever an
 * account says of the response. Where its words blame the credentials, something in front of it has answered.
 */
export function isBehindAuthentication(
	{ final }: Pick<Refusal, 'final'>,
	steps: readonly AuthenticationStep[],
): boolean {
	if (final.message.statusCode !== 403 || namesCredentials(final.message)) return false;
	return registrarFingerprint(steps)?.kind === 'asterisk-pjsip';
}

/** The registrar whose 403 means something else than the password, in all likelihood; undefined where none is known. */
export function forbidsBehindAuthentication(
	{ final }: Pick<Refusal, 'final'>,
	steps: readonly AuthenticationStep[],
): Fingerprint | undefined {
	if (final.message.statusCode !== 403 || namesCredentials(final.message)) return undefined;
	const registrar = registrarFingerprint(steps);
	return challengesAnew(registrar?.kind) ? registrar : undefined;
}
