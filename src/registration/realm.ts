/** The realms of a refused round: what the server offered and what the phone answered for (RFC 7616 §3.3). */

import type { DigestCredentials } from '../digest/digest.js';
import {
	type AuthenticationRound,
	type AuthenticationStep,
	answeringCredentials,
	authenticationRounds,
} from './authentication.js';
import { isRefused } from './outcome.js';
import type { Attempt } from './registration.js';

/** The last round of a failed attempt in which no credentials were for a realm that was offered. */
export function failedRealmRound(
	attempt: Attempt,
	steps: readonly AuthenticationStep[],
): AuthenticationRound | undefined {
	if (!isRefused(attempt.outcome)) return undefined;
	const round = authenticationRounds(steps).at(-1);
	if (round === undefined || round.answered.request.cut) return undefined;
	const offered = offeredRealms(round);
	const credentials = answeringCredentials(round);
	if (credentials?.realm === undefined || offered.length === 0) return undefined;
	const isOffered = offered.includes(credentials.realm);
	return isOffered || isToAnother(credentials, round) ? undefined : round;
}

/** Their nonce is of another challenge than the one before: the capture may miss what came between. */
function isToAnother({ nonce }: DigestCredentials, { challenged }: AuthenticationRound): boolean {
	return challenged.challenges.every(
		({ digest }) => digest.nonce !== undefined && digest.nonce !== nonce,
	);
}

/** The distinct realms of the challenges of a round, as written. */
export function offeredRealms(round: AuthenticationRound): readonly string[] {
	const realms = round.challenged.challenges.flatMap(({ digest }) => digest.realm ?? []);
	return [...new Set(realms)];
}

/** The offered realm that differs from `sent` only by upper and lower case, outer blanks or a trailing dot. */
export function sameRealmButForCase(sent: string, offered: readonly string[]): string | undefined {
	return offered.find((realm) => folded(realm) === folded(sent));
}

function folded(realm: string): string {
	return realm.trim().replace(/\.$/, '').toLowerCase();
}
