import { type DigestAlgorithm, findAlgorithm } from './algorithm.js';
import { computeHa1 } from './compute.js';
import type { DigestSecret } from './digest.js';

interface Ha1 {
	readonly hash: string;
	readonly username: string;
	readonly realm: string;
	readonly ha1: string;
}

/** A password is nearly always asked for with the same username and realm. */
const LATEST = new WeakMap<DigestSecret, Ha1>();

/** HA1 for one username and realm; `cannot` where the secret is an HA1 of another algorithm. */
export function ha1Of(
	secret: DigestSecret,
	algorithm: DigestAlgorithm,
	username: string,
	realm: string,
): { readonly ha1: string } | { readonly cannot: string } {
	if (secret.kind === 'password') {
		const { hash } = algorithm;
		const known = LATEST.get(secret);
		if (known?.hash === hash && known.username === username && known.realm === realm) return known;
		const ha1 = computeHa1({ algorithm, username, realm, password: secret.password });
		const latest = { hash, username, realm, ha1 };
		LATEST.set(secret, latest);
		return latest;
	}
	if (findAlgorithm(secret.algorithm)?.hash !== algorithm.hash) {
		return { cannot: `the HA1 is of ${secret.algorithm}, the challenge of ${algorithm.name}` };
	}
	return { ha1: secret.ha1.toLowerCase() };
}
