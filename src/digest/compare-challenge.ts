/** A challenge and the credentials that answer it, parameter by parameter (RFC 7616 §3.4). */
import { findAlgorithm } from './algorithm.js';
import type { DigestChallenge, DigestCredentials } from './digest.js';

export interface ChallengeComparison {
	readonly field: 'realm' | 'nonce' | 'algorithm' | 'qop' | 'opaque';
	/** As written; undefined where it is absent. */
	readonly challenge: string | undefined;
	readonly credentials: string | undefined;
	/** The credentials are what the challenge asks for. */
	readonly agrees: boolean;
}

export function compareWithChallenge(
	challenge: DigestChallenge,
	credentials: DigestCredentials,
): readonly ChallengeComparison[] {
	const { realm, nonce, algorithm, qop, opaque } = challenge;
	const offered = qop.length === 0 ? undefined : qop.join(',');
	const used = credentials.qop?.toLowerCase();
	return [
		same('realm', realm, credentials.realm),
		same('nonce', nonce, credentials.nonce),
		{
			field: 'algorithm',
			challenge: algorithm,
			credentials: credentials.algorithm,
			agrees: nameOf(algorithm) === nameOf(credentials.algorithm),
		},
		{
			field: 'qop',
			challenge: offered,
			credentials: credentials.qop,
			// A client that knows no qop may leave it out (RFC 2617 §3.2.2).
			agrees: used === undefined || qop.includes(used),
		},
		same('opaque', opaque, credentials.opaque),
	];
}

function same(
	field: ChallengeComparison['field'],
	challenge: string | undefined,
	credentials: string | undefined,
): ChallengeComparison {
	return { field, challenge, credentials, agrees: challenge === credentials };
}

function nameOf(algorithm: string | undefined): string {
	return findAlgorithm(algorithm)?.name ?? (algorithm ?? 'MD5').toUpperCase();
}
