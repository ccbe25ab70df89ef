/** Which nonce of which challenge a REGISTER answers (RFC 7616 §3.3, §3.4). */
import {
	type AuthenticationRound,
	type AuthenticationStep,
	answeringCredentials,
	authenticationRounds,
} from './authentication.js';

/** True where the answer uses one of the nonces of the responses right before it. */
export function usesCurrentNonce(round: AuthenticationRound): boolean {
	const nonce = answeringCredentials(round)?.nonce;
	return round.challenged.challenges.some(({ digest }) => digest.nonce === nonce);
}

/** Rounds answered with a nonce that is not one of the current ones and had been used or issued before. */
export function roundsWithOldNonce(
	steps: readonly AuthenticationStep[],
): readonly AuthenticationRound[] {
	return authenticationRounds(steps).filter((round) => {
		if (usesCurrentNonce(round)) return false;
		const nonce = answeringCredentials(round)?.nonce;
		const earlier = steps.slice(0, steps.indexOf(round.answered));
		return earlier.some(
			({ challenges, credentials }) =>
				challenges.some(({ digest }) => digest.nonce === nonce) ||
				credentials.some(({ digest }) => digest.nonce === nonce),
		);
	});
}
