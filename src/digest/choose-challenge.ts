import { findAlgorithm } from './algorithm.js';
import type { DigestChallenge } from './digest.js';

/**
 * The topmost challenge that can be answered (RFC 8760 §2.3: the server puts its preferred one first), or the topmost
 * of the algorithm that is forced. Where several realms ask, call it for each realm's challenges.
 */
export function chooseChallenge<Offer extends { readonly digest: DigestChallenge | undefined }>(
	offers: readonly Offer[],
	forcedAlgorithm?: string,
): Offer | undefined {
	const forced = forcedAlgorithm === undefined ? undefined : findAlgorithm(forcedAlgorithm);
	if (forcedAlgorithm !== undefined && forced === undefined) return undefined;
	return offers.find(({ digest }) => {
		if (digest === undefined || !isAnswerable(digest)) return false;
		return forced === undefined || findAlgorithm(digest.algorithm)?.name === forced.name;
	});
}

/** True where algorithm and qop are known, and realm and nonce are there. */
export function isAnswerable({ realm, nonce, algorithm, qop }: DigestChallenge): boolean {
	if (realm === undefined || nonce === undefined) return false;
	if (findAlgorithm(algorithm) === undefined) return false;
	return qop.length === 0 || chooseQop(qop) !== undefined;
}

/** The qop to use of those offered: auth, else auth-int, else none. */
export function chooseQop(offered: readonly string[]): 'auth' | 'auth-int' | undefined {
	if (offered.includes('auth')) return 'auth';
	return offered.includes('auth-int') ? 'auth-int' : undefined;
}
