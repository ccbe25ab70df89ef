import { type DigestAlgorithm, findAlgorithm } from './algorithm.js';
import { computeHa1 } from './compute.js';
import type { DigestSecret } from './digest.js';

/** HA1 for one username and realm; `cannot` where the secret is an HA1 of another algorithm. */
export function ha1Of(
	secret: DigestSecret,
	algorithm: DigestAlgorithm,
	username: string,
	realm: string,
): { readonly ha1: string } | { readonly cannot: string } {
	if (secret.kind === 'password') {
		return { ha1: computeHa1({ algorithm, username, realm, password: secret.password }) };
	}
	if (findAlgorithm(secret.algorithm)?.hash !== algorithm.hash) {
		return { cannot: `the HA1 is of ${secret.algorithm}, the challenge of ${algorithm.name}` };
	}
	return { ha1: secret.ha1.toLowerCase() };
}
