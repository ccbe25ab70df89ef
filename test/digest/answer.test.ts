import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerChallenge } from '../../src/digest/answer.js';
import type { DigestChallenge, DigestSecret } from '../../src/digest/digest.js';
import { verifyCredentials } from '../../src/digest/verify.js';
import { parseAuthorization } from '../../src/sip/headers/authorization.js';
import { challenge } from './credentials.js';

const PASSWORD: DigestSecret = { kind: 'password', password: 's3cret!' };
const COMMON = {
	username: '1001',
	secret: PASSWORD,
	method: 'REGISTER',
	uri: 'sip:sip.example.com',
	body: new Uint8Array(),
	cnonce: '0a4f113b',
	nc: 1,
};

function answer(overrides: Partial<DigestChallenge> = {}, more: Partial<typeof COMMON> = {}) {
	return answerChallenge({ ...COMMON, ...more, challenge: challenge(overrides) });
}

function answeredValue(result: ReturnType<typeof answer>): string {
	if (result.kind !== 'answered') throw new Error(result.because);
	return result.value;
}

describe('answering a challenge', () => {
	it('gives the credentials of vector V7, quoted as RFC 7616 has it', () => {
		expect(answeredValue(answer({ algorithm: 'MD5', opaque: 'op' }))).toBe(
			'Digest username="1001", realm="sip.example.com", nonce="84f1c1ae6cbe5ua9c8e88dfa3ecm3459", ' +
				'uri="sip:sip.example.com", response="f0d9cb1c38b5149d9b011a5716a6a34c", algorithm=MD5, ' +
				'cnonce="0a4f113b", opaque="op", qop=auth, nc=00000001',
		);
	});

	it('sends neither cnonce nor nc where no qop is offered', () => {
		const value = answeredValue(answer({ qop: [] }));
		expect(value).toContain('response="14c9d1e2062035b53b8c5db9863746f5"');
		expect(value).not.toMatch(/cnonce|nc=|qop/);
	});

	it('prefers auth to auth-int', () => {
		expect(answeredValue(answer({ qop: ['auth-int', 'auth'] }))).toContain('qop=auth,');
	});

	it('uses auth-int where only that is offered', () => {
		const value = answeredValue(answer({ qop: ['auth-int'] }));
		expect(value).toContain('response="431835d7d3b9eb8f4592ca0075547cc3"');
	});

	it('counts nc in hexadecimal', () => {
		expect(answeredValue(answer({}, { nc: 26 }))).toContain('nc=0000001a');
	});

	it('names no algorithm where the server named none', () => {
		expect(answeredValue(answer())).not.toContain('algorithm');
	});

	it('says why it cannot answer an unknown algorithm', () => {
		expect(answer({ algorithm: 'AKAv1-MD5' })).toEqual({
			kind: 'not-answerable',
			because: 'the challenge cannot be answered: the algorithm AKAv1-MD5 is not known',
		});
	});

	it.each([
		['no realm', { realm: undefined }],
		['no nonce', { nonce: undefined }],
		['only an unknown qop', { qop: ['auth-conf'] }],
		['a nonce that would break the line', { nonce: 'a\rEvil: 1' }],
	])('does not answer a challenge with %s', (_, overrides) => {
		expect(answer(overrides).kind).toBe('not-answerable');
	});

	it('does not answer with an HA1 of another algorithm', () => {
		const secret: DigestSecret = { kind: 'ha1', ha1: 'ab', algorithm: 'MD5' };
		const given = { ...COMMON, challenge: challenge({ algorithm: 'SHA-256' }), secret };
		expect(answerChallenge(given).kind).toBe('not-answerable');
	});

	it('gives what can be read back and verified, whatever the texts', () => {
		const wire = fc.string({ unit: 'binary-ascii' }).filter((text) => !/[\r\n\0]/.test(text));
		const algorithms = fc.constantFrom(undefined, 'MD5', 'sha-256-SESS', 'SHA-512-256');
		const offers = fc.subarray(['auth', 'auth-int']);
		fc.assert(
			fc.property(
				wire,
				wire,
				wire,
				algorithms,
				offers,
				(username, realm, nonce, algorithm, qop) => {
					const given = {
						...COMMON,
						username,
						challenge: challenge({ realm, nonce, algorithm, qop }),
					};
					const result = answerChallenge(given);
					if (result.kind !== 'answered') throw new Error(result.because);
					const [read] = parseAuthorization(result.value, 'Authorization');
					if (read?.digest === undefined) throw new Error('no digest');
					expect(read.malformed).toBeUndefined();
					const { secret, method, body } = COMMON;
					const verified = verifyCredentials({ credentials: read.digest, secret, method, body });
					expect(verified).toEqual({ kind: 'verifies' });
				},
			),
		);
	});
});
