/* Where a nonce came from and how long it was good: across attempts, as a nonce outlives the attempt it was given in. */
import type { SipResponse } from '../sip/message.js';
import { elapsedMs } from '../time/instant.js';
import type { Observed } from '../trace/observed.js';
import { type AuthenticationStep, authenticationSteps } from './authentication.js';
import { type NonceClock, nonceClock } from './nonce-clock.js';
import type { Attempt, Registration } from './registration.js';

export interface UsedNonce {
	readonly nonce: string;
	/** The challenge that gave it; undefined where it is older than the capture. */
	readonly issued: Observed<SipResponse> | undefined;
	/** REGISTERs that were accepted with it before. */
	readonly accepted: readonly AuthenticationStep[];
	/** From the challenge to this use; undefined where the challenge is not there. */
	readonly ageMs: number | undefined;
	readonly clock: NonceClock | undefined;
}

/** The nonce that a step uses, with its history in the registration up to then. */
export function usedNonce(
	step: AuthenticationStep,
	attempt: Attempt,
	{ attempts }: Registration,
): UsedNonce | undefined {
	const nonce = step.credentials[0]?.digest.nonce;
	if (nonce === undefined || nonce === '') return undefined;
	const { at } = step.request;
	const before = attempts
		.filter(({ number }) => number <= attempt.number)
		.slice(-MAX_ATTEMPTS)
		.flatMap(authenticationSteps)
		.filter(({ request }) => request.at < at);
	const issued = before
		.flatMap(({ challenges }) => challenges)
		.find(({ digest }) => digest.nonce === nonce)?.response;
	const accepted = before.filter(
		({ credentials, final }) =>
			(final?.message.statusCode ?? 400) < 300 &&
			credentials.some(({ digest }) => digest.nonce === nonce),
	);
	const ageMs = issued && elapsedMs(issued.at, at);
	return { nonce, issued, accepted, ageMs, clock: nonceClock(nonce, issued?.at ?? at) };
}

/** A nonce that is older than so many attempts is of no matter any more. */
const MAX_ATTEMPTS = 100;
