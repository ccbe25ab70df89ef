/*
 * What a SIM does with a challenge of AKA (RFC 3310 §3, TS 33.102 §6.3.3): it checks who asks (MAC), whether the
 * challenge is new (SQN), and only then answers.
 */
import { type DigestAlgorithm, findAlgorithm } from '../algorithm.js';
import { computeHa1 } from '../compute.js';
import type { DigestChallenge } from '../digest.js';
import { akaPassword, answerAka, decodeAkaNonce, findAkaAlgorithm } from './aka.js';
import { type MilenageKey, milenage, xor } from './milenage.js';

export interface Sim {
	readonly key: MilenageKey;
	/** The highest SQN that the SIM has taken, 6 bytes; absent: any is taken. */
	readonly sqn: Uint8Array | undefined;
}

export type SimAnswer =
	/** `auts` present: the SQN was too old, the password is empty, and the network has to begin anew from this one. */
	| {
			readonly kind: 'answered';
			readonly algorithm: DigestAlgorithm;
			readonly ha1: string;
			readonly auts?: string;
	  }
	/** The network that asks has not the key given here: a SIM says that and nothing else. */
	| { readonly kind: 'wrong-mac'; readonly algorithm: DigestAlgorithm }
	| { readonly kind: 'no-aka-nonce' };

/** Undefined where the challenge is none of AKA, or of one that is not known. */
export function askSim(
	{ key, sqn: highest }: Sim,
	{ algorithm: name, nonce = '', realm = '' }: DigestChallenge,
	username: string,
): SimAnswer | undefined {
	const aka = findAkaAlgorithm(name);
	if (aka === undefined) return undefined;
	const challenge = decodeAkaNonce(nonce);
	if (challenge === undefined) return { kind: 'no-aka-nonce' };
	const answer = answerAka(key, challenge);
	const algorithm = aka.digest;
	if (!answer.macMatches) return { kind: 'wrong-mac', algorithm };
	if (highest !== undefined && Buffer.compare(answer.sqn, highest) <= 0) {
		const ha1 = computeHa1({ algorithm, username, realm, password: '' });
		return { kind: 'answered', algorithm, ha1, auts: auts(key, challenge.rand, highest) };
	}
	const ha1 = computeHa1({ algorithm, username, realm, password: akaPassword(aka, answer) });
	return { kind: 'answered', algorithm, ha1 };
}

/** True for the name of an AKA algorithm, known or not. */
export function isAka(name: string | undefined): boolean {
	return findAlgorithm(name) === undefined && /^AKAv\d/i.test(name ?? '');
}

/** (SQN xor AK) and MAC-S in base64, with an AMF of zero (TS 33.102 §6.3.3). */
function auts(key: MilenageKey, rand: Uint8Array, sqn: Uint8Array): string {
	const { macS, akResync } = milenage(key, rand, sqn, new Uint8Array(2));
	return Buffer.concat([xor(sqn, akResync), macS]).toString('base64');
}
