/** The computation of a response step by step, for a reader: what is secret stands as `***`. */

import type { DigestAlgorithm } from './algorithm.js';
import { computeHa2 } from './compute.js';

export interface DigestStep {
	readonly name: 'A1' | 'HA1' | 'session A1' | 'session HA1' | 'A2' | 'HA2' | 'response';
	/** In the words of RFC 7616 §3.4: `username:realm:password`. */
	readonly formula: string;
	/** The values, as wire text. */
	readonly text: string;
}

export interface StepInputs {
	readonly algorithm: DigestAlgorithm;
	readonly username: string;
	readonly realm: string;
	readonly nonce: string;
	readonly nc: string | undefined;
	readonly cnonce: string | undefined;
	readonly qop: string | undefined;
	readonly method: string;
	readonly uri: string;
	readonly body: Uint8Array;
	/** Shown in place of `***` where it was asked for. */
	readonly shownHa1: string | undefined;
}

const MASK = '***';

/** The steps in order. HA2 is no secret: everything in it stands in the message. */
export function digestSteps(inputs: StepInputs): readonly DigestStep[] {
	const { algorithm, username, realm, nonce, nc = '', cnonce = '', qop, method, uri } = inputs;
	const h = algorithm.hash;
	const ha2 = computeHa2(inputs);
	const entity = qop?.toLowerCase() === 'auth-int';
	const key = algorithm.session ? 'session HA1' : 'HA1';
	const middle = qop === undefined ? 'nonce' : 'nonce:nc:cnonce:qop';
	const values = qop === undefined ? nonce : `${nonce}:${nc}:${cnonce}:${qop}`;
	return [
		{ name: 'A1', formula: 'username:realm:password', text: `${username}:${realm}:${MASK}` },
		{ name: 'HA1', formula: `${h}(A1)`, text: inputs.shownHa1 ?? MASK },
		...sessionSteps(algorithm, `${MASK}:${nonce}:${cnonce}`),
		{
			name: 'A2',
			formula: entity ? `method:uri:${h}(body)` : 'method:uri',
			text: entity ? `${method}:${uri}:${h}(${inputs.body.length} bytes)` : `${method}:${uri}`,
		},
		{ name: 'HA2', formula: `${h}(A2)`, text: ha2 },
		{
			name: 'response',
			formula: `${h}(${key}:${middle}:HA2)`,
			text: `${h}(${MASK}:${values}:${ha2})`,
		},
	];
}

function sessionSteps({ hash, session }: DigestAlgorithm, text: string): readonly DigestStep[] {
	if (!session) return [];
	return [
		{ name: 'session A1', formula: 'HA1:nonce:cnonce', text },
		{ name: 'session HA1', formula: `${hash}(session A1)`, text: MASK },
	];
}
