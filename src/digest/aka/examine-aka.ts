/** A challenge of AKA taken apart with the key of the SIM, and the password that follows from it. */
import {
	type AkaAlgorithm,
	type AkaAnswer,
	type Auts,
	akaPassword,
	answerAka,
	decodeAkaNonce,
	decodeAuts,
} from './aka.js';
import type { MilenageKey } from './milenage.js';

/** Hex digits; K, OPc, RES, CK and IK are not among them. */
export interface AkaExamination {
	readonly version: 1 | 2;
	readonly rand: string;
	readonly sqn: string;
	readonly amf: string;
	readonly macMatches: boolean;
	/** Bytes behind AUTN. */
	readonly serverDataLength: number;
	readonly auts: { readonly sqn: string; readonly macMatches: boolean } | undefined;
}

/** One reading of what the SIM's answer is as a password. */
export interface AkaPassword {
	/** `RES in hexadecimal`; undefined for the right one. */
	readonly mistake: string | undefined;
	readonly bytes: Uint8Array;
}

export interface ExaminedAka {
	readonly examination: AkaExamination;
	/** The right one first, then what phones take for it. */
	readonly passwords: readonly AkaPassword[];
}

/** Undefined where the nonce is none of AKA. `auts` is the parameter of the credentials. */
export function examineAka(
	algorithm: AkaAlgorithm,
	key: MilenageKey,
	nonce: string,
	auts: string | undefined,
): ExaminedAka | undefined {
	const challenge = decodeAkaNonce(nonce);
	if (challenge === undefined) return undefined;
	const answer = answerAka(key, challenge);
	const resync = auts === undefined ? undefined : decodeAuts(auts, key, challenge);
	return {
		examination: {
			version: algorithm.version,
			rand: hex(challenge.rand),
			sqn: hex(answer.sqn),
			amf: hex(challenge.amf),
			macMatches: answer.macMatches,
			serverDataLength: challenge.serverData.length,
			auts: resync === undefined ? undefined : readableAuts(resync),
		},
		passwords: passwords(algorithm, answer, resync !== undefined),
	};
}

function passwords(
	algorithm: AkaAlgorithm,
	answer: AkaAnswer,
	resynchronises: boolean,
): readonly AkaPassword[] {
	const { res } = answer;
	const other = { ...algorithm, version: algorithm.version === 1 ? 2 : 1 } as const;
	const text = (value: string) => Buffer.from(value, 'latin1');
	const right = akaPassword(algorithm, answer);
	const empty = new Uint8Array();
	return [
		// RFC 3310 §3.4: with AUTS the password is empty.
		{ mistake: undefined, bytes: resynchronises ? empty : right },
		{
			mistake: resynchronises ? 'RES in spite of AUTS' : 'no password',
			bytes: resynchronises ? right : empty,
		},
		{ mistake: 'RES in hexadecimal', bytes: text(hex(res)) },
		{ mistake: 'RES in upper-case hexadecimal', bytes: text(hex(res).toUpperCase()) },
		{ mistake: 'RES in base64', bytes: text(Buffer.from(res).toString('base64')) },
		{ mistake: `the password of AKAv${other.version}`, bytes: akaPassword(other, answer) },
	];
}

function readableAuts({ sqn, macMatches }: Auts) {
	return { sqn: hex(sqn), macMatches };
}

function hex(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString('hex');
}
