/*
 * With what one challenge can be answered: a password or HA1 (RFC 7616), the key of a SIM (RFC 3310), a bearer token
 * (RFC 8898); or why it cannot.
 */

import { askSim, isAka, type Sim } from '../digest/aka/sim.js';
import { findAlgorithm } from '../digest/algorithm.js';
import { answerWithKey, type ResponseKey } from '../digest/answer.js';
import type { DigestChallenge, DigestSecret } from '../digest/digest.js';
import { ha1Of } from '../digest/secret-ha1.js';
import type { Challenge } from '../sip/headers/authenticate.js';

/** A bearer token (RFC 6750 §2.1), and whether it may leave over this transport. */
export interface Bearer {
	readonly token: string;
	/** The transport in use is TLS, or the user insists. */
	readonly mayBeSent: () => boolean;
}

export interface Secrets {
	/** Digest username; wire text. */
	readonly username: string;
	readonly secret: DigestSecret | undefined;
	readonly sim?: Sim | undefined;
	readonly bearer?: Bearer | undefined;
}

/** Holds a secret: never print it. */
export type AnswerKey =
	| { readonly kind: 'digest'; readonly challenge: DigestChallenge; readonly key: ResponseKey }
	| { readonly kind: 'bearer'; readonly token: string };

/** Why a challenge is not answered. */
export type Unanswerable =
	/** Scheme, algorithm or qop is not known, or realm or nonce are missing, or the HA1 is of another algorithm. */
	| 'unsupported'
	| 'no-secret'
	| 'no-token'
	| 'no-sim'
	/** The nonce holds no RAND and AUTN. */
	| 'aka-nonce'
	/** A token may not go over this transport (RFC 8898 §2.1). */
	| 'bearer-in-cleartext';

/** The key for a challenge, or why there is none. */
export function answerKeyFor(
	{ scheme, digest }: Challenge,
	secrets: Secrets,
): AnswerKey | Unanswerable {
	if (scheme.toLowerCase() === 'bearer') {
		const { bearer } = secrets;
		if (bearer === undefined) return 'no-token';
		if (!bearer.mayBeSent()) return 'bearer-in-cleartext';
		return { kind: 'bearer', token: bearer.token };
	}
	if (digest === undefined) return 'unsupported';
	const key = isAka(digest.algorithm) ? simKey(digest, secrets) : passwordKey(digest, secrets);
	if (typeof key === 'string') return key;
	const { username } = secrets;
	const trial = { challenge: digest, username, method: '', uri: '', cnonce: '', nc: 1 };
	const answer = answerWithKey({ ...trial, body: new Uint8Array(0) }, key);
	return answer.kind === 'answered' ? { kind: 'digest', challenge: digest, key } : 'unsupported';
}

function passwordKey(
	{ algorithm: name, realm = '' }: DigestChallenge,
	{ secret, username }: Secrets,
): ResponseKey | Unanswerable {
	const algorithm = findAlgorithm(name);
	if (algorithm === undefined) return 'unsupported';
	if (secret === undefined) return 'no-secret';
	const key = ha1Of(secret, algorithm, username, realm);
	return 'cannot' in key ? 'unsupported' : { algorithm, ha1: key.ha1 };
}

function simKey(digest: DigestChallenge, { sim, username }: Secrets): ResponseKey | Unanswerable {
	if (sim === undefined) return 'no-sim';
	const answer = askSim(sim, digest, username);
	switch (answer?.kind) {
		case undefined:
			return 'unsupported';
		case 'wrong-mac':
			return { algorithm: answer.algorithm, ha1: '', refusesMac: true };
		case 'no-aka-nonce':
			return 'aka-nonce';
		case 'answered': {
			const { algorithm, ha1, auts } = answer;
			return { algorithm, ha1, ...(auts === undefined ? {} : { auts }) };
		}
	}
}
