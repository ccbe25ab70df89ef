import { describe, expect, it } from 'vitest';
import { chooseAnswer } from '../../src/probe/choose-answer.js';
import { parseAuthenticate } from '../../src/sip/headers/authenticate.js';

const PASSWORD = { username: '1001', secret: { kind: 'password', password: 'secret' } } as const;

const MD5 = 'Digest realm="r", nonce="n"';
const SHA256 = 'Digest realm="r", nonce="n", algorithm=SHA-256, qop="auth"';
const AKA = 'Digest realm="r", nonce="n", algorithm=AKAv1-MD5';
const BASIC = 'Basic realm="r"';
const BEARER = 'Bearer realm="r", scope="sip"';

/** The number of the challenge that is chosen, from 0, or what is missing. */
function choice(
	offers: readonly string[],
	forced?: string,
	secrets: Parameters<typeof chooseAnswer>[1] = PASSWORD,
): number | string {
	const offered = offers.flatMap((one) => parseAuthenticate(one, 'WWW-Authenticate'));
	const { challenge, key } = chooseAnswer(offered, secrets, forced);
	if (typeof key === 'string') return key;
	return challenge === undefined ? -1 : offered.indexOf(challenge);
}

describe('choosing a challenge', () => {
	it('takes the topmost (RFC 8760 §2.3)', () => {
		expect(choice([SHA256, MD5])).toBe(0);
		expect(choice([MD5, SHA256])).toBe(0);
	});

	it('steps over what it cannot answer', () => {
		expect(choice([BASIC, AKA, BEARER, MD5])).toBe(3);
	});

	it('takes none where none can be answered', () => {
		expect(choice([BASIC])).toBe('unsupported');
		expect(choice([BASIC, AKA])).toBe('no-sim');
		expect(choice([BASIC, BEARER])).toBe('no-token');
		expect(choice([MD5], undefined, { username: '1001', secret: undefined })).toBe('no-secret');
	});

	it('takes the forced algorithm, in any case', () => {
		expect(choice([MD5, SHA256], 'sha-256')).toBe(1);
	});

	it('takes none where the forced algorithm is not offered or not known', () => {
		expect(choice([MD5, BEARER], 'SHA-256')).toBe('unsupported');
		expect(choice([MD5], 'nonsense')).toBe('unsupported');
	});

	it('takes a challenge that names no algorithm for MD5', () => {
		expect(choice([SHA256, MD5], 'MD5')).toBe(1);
	});

	it('takes none of another algorithm than that of the HA1', () => {
		const secret = { kind: 'ha1', ha1: '0'.repeat(32), algorithm: 'MD5' } as const;
		expect(choice([SHA256, MD5], undefined, { username: '1001', secret })).toBe(1);
	});

	it('steps over one without a nonce, or with no qop that it knows', () => {
		const strange = 'Digest realm="r", nonce="n", qop="auth-conf"';
		expect(choice(['Digest realm="r"', strange, SHA256])).toBe(2);
	});

	it('takes qop auth-int alone', () => {
		expect(choice(['Digest realm="r", nonce="n", qop="auth-int"'])).toBe(0);
	});
});
