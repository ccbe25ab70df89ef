import { type DigestAlgorithm, findAlgorithm } from './algorithm.js';
import { computeResponse, computeUserhash } from './compute.js';
import type { DigestCredentials, DigestSecret } from './digest.js';
import { ha1Of } from './secret-ha1.js';

export interface Verification {
	readonly credentials: DigestCredentials;
	readonly secret: DigestSecret;
	/** Of the request that carried the credentials. */
	readonly method: string;
	/** Hashed with qop auth-int only. */
	readonly body: Uint8Array;
	/** Nonce and cnonce of the first request of a -sess session, where this is a later one (RFC 7616 §3.4.2). */
	readonly sessionNonce?: string;
	readonly sessionCnonce?: string;
	/** The plain username (wire text), needed where the credentials carry its hash and the secret is a password. */
	readonly username?: string;
}

export type VerificationResult =
	| { readonly kind: 'verifies' }
	| { readonly kind: 'does-not-verify' }
	| { readonly kind: 'not-checkable'; readonly because: string };

/** Computes the response with a secret and compares: every other input is taken from the credentials as written. */
export function verifyCredentials(verification: Verification): VerificationResult {
	const { credentials, secret, method, body, sessionNonce, sessionCnonce } = verification;
	const { realm, nonce, uri, response, qop, nc, cnonce } = credentials;
	if (realm === undefined) return missing('realm');
	if (nonce === undefined) return missing('nonce');
	if (uri === undefined) return missing('uri');
	if (response === undefined) return missing('response');
	const algorithm = findAlgorithm(credentials.algorithm);
	if (algorithm === undefined) {
		return notCheckable(`the algorithm ${credentials.algorithm ?? ''} is not known`);
	}
	const unusable = unusableQop(credentials, algorithm);
	if (unusable !== undefined) return notCheckable(unusable);
	const username = plainUsername(verification, algorithm, realm);
	if (typeof username !== 'string') return username;
	const key = ha1Of(secret, algorithm, username, realm);
	if ('cannot' in key) return notCheckable(key.cannot);
	const expected = computeResponse({
		...{ algorithm, ha1: key.ha1, nonce, method, uri, qop, nc, cnonce, body },
		...(sessionNonce === undefined ? {} : { sessionNonce }),
		...(sessionCnonce === undefined ? {} : { sessionCnonce }),
	});
	// Servers compare hex digits in any case, and so do phones write them.
	return { kind: expected === response.toLowerCase() ? 'verifies' : 'does-not-verify' };
}

/** Why the response cannot be computed with this qop; undefined where it can. */
function unusableQop(
	{ qop, nc, cnonce }: DigestCredentials,
	algorithm: DigestAlgorithm,
): string | undefined {
	if (algorithm.session && cnonce === undefined) return 'the credentials have no cnonce';
	if (qop === undefined) return undefined;
	if (!['auth', 'auth-int'].includes(qop.toLowerCase())) return `the qop "${qop}" is not known`;
	if (cnonce === undefined) return 'the credentials have a qop and no cnonce';
	return nc === undefined ? 'the credentials have a qop and no nc' : undefined;
}

/** The username to hash; an outcome where the credentials carry a hash of another one, or of one we are not told. */
function plainUsername(
	{ credentials, secret, username }: Verification,
	algorithm: DigestAlgorithm,
	realm: string,
): string | VerificationResult {
	const written = credentials.usernameExtended ?? credentials.username;
	if (written === undefined) return missing('username');
	if (!credentials.userhash) return written;
	if (username === undefined) {
		// An HA1 already has the username in it.
		return secret.kind === 'ha1' ? written : notCheckable('the username is hashed (userhash=true)');
	}
	const hashed = computeUserhash(algorithm, username, realm);
	return hashed === written.toLowerCase() ? username : { kind: 'does-not-verify' };
}

function missing(parameter: string): VerificationResult {
	return notCheckable(`the credentials have no ${parameter}`);
}

function notCheckable(because: string): VerificationResult {
	return { kind: 'not-checkable', because };
}
