/*
 * The formulas of digest authentication (RFC 2617 §3.2.2, RFC 7616 §3.4). Wire strings are Latin-1, one character a
 * byte; a password is a user's text, hashed as its UTF-8 bytes (RFC 7616 §4), or the very bytes to hash.
 */
import { remembered } from '../bytes/remembered.js';
import { type DigestAlgorithm, hashHex, isAscii } from './algorithm.js';

export interface Ha1Inputs {
	readonly algorithm: DigestAlgorithm;
	readonly username: string;
	readonly realm: string;
	/** Bytes where the secret is no UTF-8 text: another encoding, or the RES of AKA (RFC 3310 §3.3). */
	readonly password: string | Uint8Array;
}

/** H(username:realm:password), the secret that servers store. The same for an algorithm and its -sess variant. */
export function computeHa1({ algorithm, username, realm, password }: Ha1Inputs): string {
	if (typeof password === 'string' && isAscii(password))
		return hashHex(algorithm, `${username}:${realm}:${password}`);
	const secret = typeof password === 'string' ? Buffer.from(password, 'utf8') : password;
	const identity = Buffer.from(`${username}:${realm}:`, 'latin1');
	return hashHex(algorithm, Buffer.concat([identity, secret]));
}

/** HA1 of a -sess algorithm: H(HA1:nonce:cnonce), with those of the session's first request (RFC 7616 §3.4.2). */
export function computeSessionHa1(
	algorithm: DigestAlgorithm,
	ha1: string,
	nonce: string,
	cnonce: string,
): string {
	return hashHex(algorithm, `${ha1}:${nonce}:${cnonce}`);
}

export interface Ha2Inputs {
	readonly algorithm: DigestAlgorithm;
	/** Empty for the rspauth of a server (RFC 7616 §3.5). */
	readonly method: string;
	readonly uri: string;
	readonly qop: string | undefined;
	/** Hashed with qop auth-int only. */
	readonly body: Uint8Array;
}

/** H(method:uri), with auth-int H(method:uri:H(body)). */
export function computeHa2({ algorithm, method, uri, qop, body }: Ha2Inputs): string {
	const a2 = `${method}:${uri}`;
	if (qop?.toLowerCase() !== 'auth-int') return hashOfA2(algorithm, a2);
	return hashHex(algorithm, `${a2}:${hashHex(algorithm, body)}`);
}

/** By the name of the hash: all phones of a site have the same method and uri. */
const A2_HASHES = new Map<string, (a2: string) => { readonly hex: string }>();

function hashOfA2(algorithm: DigestAlgorithm, a2: string): string {
	const { hash } = algorithm;
	const known = A2_HASHES.get(hash) ?? remembered((text) => ({ hex: hashHex(algorithm, text) }));
	A2_HASHES.set(hash, known);
	return known(a2).hex;
}

export interface ResponseInputs extends Ha2Inputs {
	/** H(username:realm:password); the -sess step is done here. */
	readonly ha1: string;
	readonly nonce: string;
	/** Both as written; used with a qop, the cnonce also with -sess. Absent counts as empty. */
	readonly nc: string | undefined;
	readonly cnonce: string | undefined;
	/** Nonce and cnonce of the session's first request, where they differ from this one's (-sess only). */
	readonly sessionNonce?: string;
	readonly sessionCnonce?: string;
}

/** The response: without qop the form of RFC 2069, else with nc, cnonce and qop as they stand in the header field. */
export function computeResponse(inputs: ResponseInputs): string {
	const { algorithm, ha1, nonce, qop, nc = '', cnonce = '' } = inputs;
	const { sessionNonce = nonce, sessionCnonce = cnonce } = inputs;
	const key = algorithm.session
		? computeSessionHa1(algorithm, ha1, sessionNonce, sessionCnonce)
		: ha1;
	const middle = qop === undefined ? nonce : `${nonce}:${nc}:${cnonce}:${qop}`;
	return hashHex(algorithm, `${key}:${middle}:${computeHa2(inputs)}`);
}

/** H(username:realm), what stands in `username` where userhash is true (RFC 7616 §3.4.4). */
export function computeUserhash(
	algorithm: DigestAlgorithm,
	username: string,
	realm: string,
): string {
	return hashHex(algorithm, `${username}:${realm}`);
}
