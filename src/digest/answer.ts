import { findAlgorithm } from './algorithm.js';
import { chooseQop, isAnswerable } from './choose-challenge.js';
import { computeResponse } from './compute.js';
import type { DigestChallenge, DigestSecret } from './digest.js';
import { ha1Of } from './secret-ha1.js';

export interface AnswerInputs {
	readonly challenge: DigestChallenge;
	/** Wire text: the UTF-8 bytes of the username, one character a byte. */
	readonly username: string;
	readonly secret: DigestSecret;
	readonly method: string;
	readonly uri: string;
	readonly body: Uint8Array;
	/** A fresh random token of the caller's. */
	readonly cnonce: string;
	/** How many requests were sent with this nonce, this one included. */
	readonly nc: number;
	/** Nonce and cnonce of the first request of a -sess session, where this is a later one. */
	readonly sessionNonce?: string;
	readonly sessionCnonce?: string;
}

export type Answer =
	/** The value of the Authorization or Proxy-Authorization header field. It holds a response: never print it. */
	| { readonly kind: 'answered'; readonly value: string }
	| { readonly kind: 'not-answerable'; readonly because: string };

/**
 * Credentials for a challenge, quoted as RFC 7616 §3.4 has it. The username is sent plain even where the server can
 * take a hash of it: that is the client's choice (§3.4.4), and few SIP servers can.
 */
export function answerChallenge(inputs: AnswerInputs): Answer {
	const { challenge, username, secret, method, uri, body, cnonce } = inputs;
	const { realm, nonce, opaque } = challenge;
	const algorithm = findAlgorithm(challenge.algorithm);
	if (realm === undefined || nonce === undefined) return cannot('it has no realm or no nonce');
	if (algorithm === undefined) return cannot(`the algorithm ${challenge.algorithm} is not known`);
	if (!isAnswerable(challenge)) return cannot(`no qop of "${challenge.qop.join(', ')}" is known`);
	// A bare CR in what a server sent would end our header field.
	if (/[\r\n\0]/.test(`${realm}${nonce}${opaque ?? ''}${username}${uri}`)) {
		return cannot('it holds a line break');
	}
	const key = ha1Of(secret, algorithm, username, realm);
	if ('cannot' in key) return cannot(key.cannot);
	const qop = chooseQop(challenge.qop);
	const nc = inputs.nc.toString(16).padStart(8, '0');
	const { sessionNonce = nonce, sessionCnonce = cnonce } = inputs;
	const session = { sessionNonce, sessionCnonce };
	const response = computeResponse({
		...{ algorithm, ha1: key.ha1, nonce, method, uri, qop, nc, cnonce, body },
		...session,
	});
	const parts = [
		`username=${quote(username)}`,
		`realm=${quote(realm)}`,
		`nonce=${quote(nonce)}`,
		`uri=${quote(uri)}`,
		`response="${response}"`,
	];
	// Echoed as the server wrote it, and only then: an old server may not know the parameter.
	if (challenge.algorithm !== undefined) parts.push(`algorithm=${challenge.algorithm}`);
	if (qop !== undefined || algorithm.session) parts.push(`cnonce=${quote(cnonce)}`);
	if (opaque !== undefined) parts.push(`opaque=${quote(opaque)}`);
	if (qop !== undefined) parts.push(`qop=${qop}`, `nc=${nc}`);
	return { kind: 'answered', value: `Digest ${parts.join(', ')}` };
}

function cannot(because: string): Answer {
	return { kind: 'not-answerable', because: `the challenge cannot be answered: ${because}` };
}

function quote(content: string): string {
	return `"${content.replace(/["\\]/g, '\\$&')}"`;
}
