import { type DigestAlgorithm, findAlgorithm } from './algorithm.js';
import { chooseQop } from './choose-qop.js';
import { computeResponse } from './compute.js';
import type { DigestChallenge, DigestSecret } from './digest.js';
import { ha1Of } from './secret-ha1.js';

export interface KeyedInputs {
	readonly challenge: DigestChallenge;
	/** Wire text: the UTF-8 bytes of the username, one character a byte. */
	readonly username: string;
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

export interface AnswerInputs extends KeyedInputs {
	readonly secret: DigestSecret;
}

/** What the response is computed with once the secret is known. */
export interface ResponseKey {
	readonly algorithm: DigestAlgorithm;
	readonly ha1: string;
	/** What a SIM says of an SQN that it does not take (RFC 3310 §3.4): base64. */
	readonly auts?: string;
	/** The SIM does not take the network's MAC, and says so by an empty response (3GPP TS 24.229 §5.1.1.5.3). */
	readonly refusesMac?: true;
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
	const { challenge, username, secret } = inputs;
	const algorithm = findAlgorithm(challenge.algorithm);
	if (algorithm === undefined) return cannot(`the algorithm ${challenge.algorithm} is not known`);
	if (challenge.realm === undefined) return cannot('it has no realm');
	const key = ha1Of(secret, algorithm, username, challenge.realm);
	if ('cannot' in key) return cannot(key.cannot);
	return answerWithKey(inputs, { algorithm, ha1: key.ha1 });
}

/** The same with the HA1 at hand, for algorithms whose password comes from elsewhere (AKA). */
export function answerWithKey(inputs: KeyedInputs, key: ResponseKey): Answer {
	const { challenge, username, method, uri, body, cnonce } = inputs;
	const { realm, nonce, opaque } = challenge;
	const { algorithm, ha1, auts, refusesMac } = key;
	if (realm === undefined || nonce === undefined) return cannot('it has no realm or no nonce');
	const qop = chooseQop(challenge.qop);
	if (qop === undefined && challenge.qop.length > 0)
		return cannot(`no qop of "${challenge.qop.join(', ')}" is known`);
	// A bare CR in what a server sent would end our header field.
	if (/[\r\n\0]/.test(`${realm}${nonce}${opaque ?? ''}${username}${uri}`)) {
		return cannot('it holds a line break');
	}
	const nc = ncText(inputs.nc);
	const { sessionNonce = nonce, sessionCnonce = cnonce } = inputs;
	const response = computeResponse({
		...{ algorithm, ha1, nonce, method, uri, qop, nc, cnonce, body },
		...{ sessionNonce, sessionCnonce },
	});
	const parts = [
		`username=${quote(username)}`,
		`realm=${quote(realm)}`,
		`nonce=${quote(nonce)}`,
		`uri=${quote(uri)}`,
		`response="${refusesMac === true ? '' : response}"`,
	];
	// Echoed as the server wrote it, and only then: an old server may not know the parameter.
	if (challenge.algorithm !== undefined) parts.push(`algorithm=${challenge.algorithm}`);
	if (qop !== undefined || algorithm.session) parts.push(`cnonce=${quote(cnonce)}`);
	if (opaque !== undefined) parts.push(`opaque=${quote(opaque)}`);
	if (qop !== undefined) parts.push(`qop=${qop}`, `nc=${nc}`);
	if (auts !== undefined) parts.push(`auts=${quote(auts)}`);
	return { kind: 'answered', value: `Digest ${parts.join(', ')}` };
}

/** Eight hex digits (RFC 7616 §3.4). */
export function ncText(nc: number): string {
	return nc.toString(16).padStart(8, '0');
}

function cannot(because: string): Answer {
	return { kind: 'not-answerable', because: `the challenge cannot be answered: ${because}` };
}

function quote(content: string): string {
	return `"${content.replace(/["\\]/g, '\\$&')}"`;
}
