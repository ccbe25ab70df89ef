/* What of the phone changed between a challenge and the answer to it, where a nonce may be tied to it. */
import { readFrom } from '../sip/headers/from-to.js';
import { topVia } from '../sip/headers/via.js';
import type { SipResponse } from '../sip/message.js';
import type { Observed } from '../trace/observed.js';
import {
	type AuthenticationRound,
	type AuthenticationStep,
	authenticationRounds,
	authenticationSteps,
} from './authentication.js';
import { usesCurrentNonce } from './nonce.js';
import { refusedRounds } from './refused-round.js';
import type { Attempt, Registration } from './registration.js';

export interface Changed {
	readonly round: AuthenticationRound;
	readonly before: string;
	readonly after: string;
	/** As which field it was seen. */
	readonly field: string;
}

/** The source address as the server sees it: of the packets, or what it writes into `received` (RFC 3261 §18.2.1). */
export function changedSource(round: AuthenticationRound): Changed | undefined {
	const [before, after] = [round.challenged, round.answered].map(
		({ transaction }) => transaction.phone.client.address,
	);
	if (before !== undefined && after !== undefined && before !== after)
		return { round, before, after, field: 'source address' };
	// Two servers may be two ways out.
	if (!isOneServer(round)) return undefined;
	const [told, toldNow] = [round.challenged.final, round.answered.final].map(receivedOf);
	if (told === undefined || toldNow === undefined || told === toldNow) return undefined;
	return { round, before: told, after: toldNow, field: 'Via received' };
}

function isOneServer({ challenged, answered }: AuthenticationRound): boolean {
	const [asked, told] = [challenged, answered].map(({ transaction }) => transaction.phone.server);
	return asked?.address === told?.address;
}

function receivedOf(response: Observed<SipResponse> | undefined): string | undefined {
	return response && topVia(response.message)?.received;
}

/** Call-ID, or the tag of From: either makes it another call leg to a server that keeps one. */
export function changedCallId(round: AuthenticationRound): Changed | undefined {
	const { challenged, answered } = round;
	const before = challenged.transaction.phone.callId;
	const after = answered.transaction.phone.callId;
	if (before !== after) return { round, before, after, field: 'Call-ID' };
	const [tag, tagNow] = [challenged, answered].map(fromTag);
	if (tag === undefined || tagNow === undefined || tag === tagNow) return undefined;
	return { round, before: tag, after: tagNow, field: 'From tag' };
}

function fromTag({ request }: AuthenticationStep): string | undefined {
	const from = readFrom(request.message);
	return from?.ok === true ? from.value.tag : undefined;
}

/**
 * Every refused answer with a current nonce, if all of them came with the change: one that was refused without it shows
 * that the change is not what is refused.
 */
export function refusedForChange(
	attempt: Attempt,
	steps: readonly AuthenticationStep[],
	change: (round: AuthenticationRound) => Changed | undefined,
): readonly Changed[] {
	// A 403 is about something else: who does not know a nonce challenges anew.
	const rounds = refusedRounds(attempt, steps).filter(
		(round) => usesCurrentNonce(round) && round.answered.challenges.length > 0,
	);
	const changes = rounds.flatMap((round) => change(round) ?? []);
	return changes.length === rounds.length ? changes : [];
}

/** Attempts of one registration that are looked at for an accepted change. */
const MAX_ACCEPTED = 16;

/** True where the server of a round took another answer that came with the same change: it does not look at it. */
export function isTakenElsewhere(
	{ answered }: AuthenticationRound,
	registrations: readonly Registration[],
	change: (round: AuthenticationRound) => Changed | undefined,
): boolean {
	const server = answered.transaction.phone.server.address;
	return registrations.some(({ attempts }) =>
		attempts
			.filter(({ outcome }) => outcome === 'registered' || outcome === 'unregistered')
			.slice(-MAX_ACCEPTED)
			.flatMap((attempt) => authenticationRounds(authenticationSteps(attempt)).at(-1) ?? [])
			.some(
				(round) =>
					round.answered.transaction.phone.server.address === server &&
					(round.answered.final?.message.statusCode ?? 500) < 300 &&
					change(round) !== undefined,
			),
	);
}
