/* Challenges of one server that were answered to another: the nonce is known to the first alone (RFC 3261 §22.3). */
import { firstHeader } from '../sip/header-fields.js';
import type { SipResponse } from '../sip/message.js';
import {
	type AuthenticationRound,
	type AuthenticationStep,
	answeringCredentials,
	authenticationRounds,
	authenticationSteps,
} from './authentication.js';
import { usesCurrentNonce } from './nonce.js';
import { offeredRealms } from './realm.js';
import { refusedRounds } from './refused-round.js';
import type { Attempt, Registration } from './registration.js';

/** Attempts looked back at: a phone that fails for days tells nothing more with its first thousand. */
const MAX_ATTEMPTS = 100;

export interface Crossing {
	readonly round: AuthenticationRound;
	/** What differs between who challenged and who refused. */
	readonly differs: readonly ('address' | 'server')[];
}

/**
 * Every refused answer to a current challenge that another server got; empty where any was refused by the very server
 * that challenged, or where one was accepted across servers: then they share their nonces, and it is not that.
 */
export function crossedRounds(
	attempt: Attempt,
	steps: readonly AuthenticationStep[],
	{ attempts }: Registration,
): readonly Crossing[] {
	const answers = refusedRounds(attempt, steps).filter(isRightAnswer);
	const crossings = answers.map((round) => ({ round, differs: differences(round) }));
	if (crossings.length === 0 || crossings.some(({ differs }) => differs.length === 0)) return [];
	const shared = attempts
		.slice(-MAX_ATTEMPTS)
		.filter(({ outcome }) => outcome === 'registered' || outcome === 'unregistered')
		.flatMap((accepted) => authenticationRounds(authenticationSteps(accepted)).at(-1) ?? [])
		.some((round) => differences(round).length > 0);
	return shared ? [] : crossings;
}

function isRightAnswer(round: AuthenticationRound): boolean {
	const realm = answeringCredentials(round)?.realm;
	return usesCurrentNonce(round) && realm !== undefined && offeredRealms(round).includes(realm);
}

function differences({ challenged, answered }: AuthenticationRound): Crossing['differs'] {
	const asked = challenged.transaction.phone.server.address;
	const isOther = answered.transaction.phone.server.address !== asked;
	const [before, after] = [challenged.final, answered.final].map(
		(final) => final && serverName(final.message),
	);
	const isRenamed = before !== undefined && after !== undefined && before !== after;
	return [...(isOther ? (['address'] as const) : []), ...(isRenamed ? (['server'] as const) : [])];
}

/** What a server calls itself (RFC 3261 §20.35); some write User-Agent. */
export function serverName(response: SipResponse): string | undefined {
	return (firstHeader(response, 'server') ?? firstHeader(response, 'user-agent'))?.value;
}

/**
 * Refused steps whose nonce nobody in this capture ever offered to the phone, each with another one: somebody whom the
 * capture does not show gives them out. One alone may be from before the capture.
 */
export function foreignNonceSteps(
	attempt: Attempt,
	steps: readonly AuthenticationStep[],
	{ attempts }: Registration,
): readonly AuthenticationStep[] {
	const used = new Set(steps.map(({ credentials }) => credentials[0]?.digest.nonce));
	if (used.size < 2) return [];
	const offered = new Set(
		attempts
			.filter(({ number }) => number <= attempt.number)
			.slice(-MAX_ATTEMPTS)
			.flatMap(authenticationSteps)
			.flatMap(({ challenges }) => challenges.map(({ digest }) => digest.nonce ?? '')),
	);
	const seen = new Set<string>();
	return steps.filter(({ credentials, final }) => {
		const nonce = credentials[0]?.digest.nonce ?? '';
		const status = final?.message.statusCode;
		if (status !== 401 && status !== 407) return false;
		if (seen.has(nonce) || isAlteredOf(nonce, offered)) return false;
		seen.add(nonce);
		return nonce !== '';
	});
}

/**
 * Begins like one that was offered: cut or changed on the way, and not another server's. Two nonces of one second may
 * begin alike as well, where the time stands in them.
 */
function isAlteredOf(nonce: string, offered: ReadonlySet<string>): boolean {
	return [...offered].some((one) => {
		const length = Math.min(one.length, nonce.length);
		return length > 0 && commonStart(one, nonce) >= length * ALIKE;
	});
}

/** More than the third of it that Kamailio fills with the time. */
const ALIKE = 0.6;

function commonStart(a: string, b: string): number {
	let length = 0;
	while (length < a.length && a[length]?.toLowerCase() === b[length]?.toLowerCase()) length += 1;
	return length;
}
