/* rspauth (RFC 7616 §3.5); V7 of the SIP set was computed with another implementation. */
import { describe, expect, it } from 'vitest';
import { findAlgorithm } from '../../src/digest/algorithm.js';
import { computeHa1 } from '../../src/digest/compute.js';
import { verifyServerProof } from '../../src/digest/server-proof.js';
import { challenge } from './credentials.js';

const PROOF = 'd2d739ffdd39e34ff1b050e2b030b7cc';

function judge(more: Partial<Parameters<typeof verifyServerProof>[0]> = {}) {
	const algorithm = findAlgorithm('MD5');
	if (algorithm === undefined) throw new Error('no MD5');
	const identity = { username: '1001', realm: 'sip.example.com', password: 's3cret!' };
	return verifyServerProof({
		challenge: challenge(),
		algorithm,
		ha1: computeHa1({ algorithm, ...identity }),
		uri: 'sip:sip.example.com',
		nc: '00000001',
		cnonce: '0a4f113b',
		body: new Uint8Array(0),
		rspauth: PROOF,
		qop: undefined,
		...more,
	});
}

describe('the proof of a server', () => {
	it('verifies where it was computed with the same password', () => {
		expect(judge()).toBe('verifies');
		expect(judge({ qop: 'auth', rspauth: PROOF.toUpperCase() })).toBe('verifies');
	});

	it('does not verify with another password, count or body under auth-int', () => {
		expect(judge({ ha1: '0'.repeat(32) })).toBe('wrong');
		expect(judge({ nc: '00000002' })).toBe('wrong');
		expect(judge({ qop: 'auth-int' })).toBe('wrong');
	});

	it('is not judged without a qop, for which no RFC says how it is made', () => {
		expect(judge({ challenge: challenge({ qop: [] }) })).toBe('unknown');
		expect(judge({ qop: 'auth-conf' })).toBe('unknown');
	});
});
