/*
 * The other direction of digest (RFC 7616 §3.5): `rspauth` of Authentication-Info proves that the server knows the
 * password, too, and that nobody else answered in its place.
 */
import type { DigestAlgorithm } from './algorithm.js';
import { chooseQop } from './choose-qop.js';
import { computeResponse } from './compute.js';
import type { DigestChallenge } from './digest.js';

export interface ServerProofInputs {
	readonly challenge: DigestChallenge;
	readonly algorithm: DigestAlgorithm;
	readonly ha1: string;
	/** Of the request that was accepted. */
	readonly uri: string;
	readonly nc: string;
	readonly cnonce: string;
	/** Of the response; hashed with qop auth-int only. */
	readonly body: Uint8Array;
	/** As in Authentication-Info. */
	readonly rspauth: string;
	/** The qop that Authentication-Info names; absent: that of the request. */
	readonly qop: string | undefined;
}

/** Whether the server computed `rspauth` with the same HA1; `unknown` without a qop, for which no RFC defines it. */
export function verifyServerProof(inputs: ServerProofInputs): 'verifies' | 'wrong' | 'unknown' {
	const { challenge, algorithm, ha1, uri, nc, cnonce, body, rspauth } = inputs;
	const nonce = challenge.nonce ?? '';
	const qop = inputs.qop?.toLowerCase() ?? chooseQop(challenge.qop);
	if (qop === undefined || !['auth', 'auth-int'].includes(qop)) return 'unknown';
	// A2 has no method here: H(":" uri).
	const expected = computeResponse({
		...{ algorithm, ha1, nonce, method: '', uri, qop, nc, cnonce, body },
	});
	return expected === rspauth.toLowerCase() ? 'verifies' : 'wrong';
}
