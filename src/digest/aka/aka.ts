/*
 * Digest with AKA (RFC 3310, RFC 4169): the nonce is a challenge to a SIM, and what the SIM answers is the password.
 */
import { createHmac } from 'node:crypto';
import { type DigestAlgorithm, findAlgorithm } from '../algorithm.js';
import { type MilenageKey, milenage, xor } from './milenage.js';

/** `AKAv1-MD5`: the version of AKA and the digest algorithm under it. */
export interface AkaAlgorithm {
	readonly version: 1 | 2;
	readonly digest: DigestAlgorithm;
}

/** Undefined where the name is no AKA algorithm, or one that is not known. */
export function findAkaAlgorithm(name: string | undefined): AkaAlgorithm | undefined {
	const [, version, base] = /^AKAv([12])-(.+)$/i.exec(name ?? '') ?? [];
	const digest = base === undefined ? undefined : findAlgorithm(base);
	return digest === undefined ? undefined : { version: version === '1' ? 1 : 2, digest };
}

/** What a nonce of AKA holds (RFC 3310 §3.2). */
export interface AkaChallenge {
	readonly rand: Uint8Array;
	/** SQN xor AK: 6 bytes. */
	readonly hiddenSqn: Uint8Array;
	readonly amf: Uint8Array;
	readonly mac: Uint8Array;
	/** What the server put behind AUTN, in its own form. */
	readonly serverData: Uint8Array;
}

/** Base64 of RAND, AUTN and server data; undefined for a nonce that is too short or no base64. */
export function decodeAkaNonce(nonce: string): AkaChallenge | undefined {
	if (!/^[A-Za-z0-9+/]+={0,2}$/.test(nonce)) return undefined;
	const bytes = Uint8Array.from(Buffer.from(nonce, 'base64'));
	if (bytes.length < 32) return undefined;
	return {
		rand: bytes.subarray(0, 16),
		hiddenSqn: bytes.subarray(16, 22),
		amf: bytes.subarray(22, 24),
		mac: bytes.subarray(24, 32),
		serverData: bytes.subarray(32),
	};
}

/** What a SIM makes of a challenge. All but SQN and the comparison is secret. */
export interface AkaAnswer {
	readonly sqn: Uint8Array;
	/** MAC and XMAC are equal: the network knows K, or the key given here is the right one. */
	readonly macMatches: boolean;
	readonly res: Uint8Array;
	readonly ck: Uint8Array;
	readonly ik: Uint8Array;
}

export function answerAka(key: MilenageKey, challenge: AkaChallenge): AkaAnswer {
	const { rand, hiddenSqn, amf, mac } = challenge;
	// AK does not depend on SQN, which it hides.
	const { ak } = milenage(key, rand, new Uint8Array(6), amf);
	const sqn = xor(hiddenSqn, ak);
	const { macA, res, ck, ik } = milenage(key, rand, sqn, amf);
	return { sqn, macMatches: Buffer.compare(macA, mac) === 0, res, ck, ik };
}

/** The bytes that stand in place of the password: RES itself (RFC 3310 §3.3), or a hash of RES, IK and CK (RFC 4169 §2). */
export function akaPassword(
	{ version, digest }: AkaAlgorithm,
	{ res, ik, ck }: Pick<AkaAnswer, 'res' | 'ik' | 'ck'>,
): Uint8Array {
	if (version === 1) return res;
	const hash = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' }[digest.hash];
	const hmac = createHmac(hash, Buffer.concat([res, ik, ck]));
	return Buffer.from(hmac.update('http-digest-akav2-password').digest('base64'), 'latin1');
}

/** What a SIM says where the SQN of the network is too old (RFC 3310 §3.4, TS 33.102 §6.3.3). */
export interface Auts {
	/** The SQN of the SIM. */
	readonly sqn: Uint8Array;
	readonly macMatches: boolean;
}

/** Reads base64 of (SQN xor AK) and MAC-S; undefined where it has not 14 bytes. */
export function decodeAuts(
	auts: string,
	key: MilenageKey,
	{ rand }: Pick<AkaChallenge, 'rand'>,
): Auts | undefined {
	const bytes = Uint8Array.from(Buffer.from(auts, 'base64'));
	if (bytes.length !== 14) return undefined;
	// AMF is zero here (TS 33.102 §6.3.3).
	const amf = new Uint8Array(2);
	const { akResync } = milenage(key, rand, new Uint8Array(6), amf);
	const sqn = xor(bytes.subarray(0, 6), akResync);
	const { macS } = milenage(key, rand, sqn, amf);
	return { sqn, macMatches: Buffer.compare(macS, bytes.subarray(6)) === 0 };
}
