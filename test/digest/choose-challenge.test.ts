import { describe, expect, it } from 'vitest';
import { chooseChallenge } from '../../src/digest/choose-challenge.js';
import { challenge } from './credentials.js';

const md5 = { digest: challenge() };
const sha256 = { digest: challenge({ algorithm: 'SHA-256' }) };
const aka = { digest: challenge({ algorithm: 'AKAv1-MD5' }) };
const basic = { digest: undefined };

describe('choosing a challenge', () => {
	it('takes the topmost (RFC 8760 §2.3)', () => {
		expect(chooseChallenge([sha256, md5])).toBe(sha256);
		expect(chooseChallenge([md5, sha256])).toBe(md5);
	});

	it('steps over what it cannot answer', () => {
		expect(chooseChallenge([basic, aka, md5])).toBe(md5);
	});

	it('takes none where none can be answered', () => {
		expect(chooseChallenge([basic, aka])).toBeUndefined();
	});

	it('takes the forced algorithm, in any case', () => {
		expect(chooseChallenge([md5, sha256], 'sha-256')).toBe(sha256);
	});

	it('takes none where the forced algorithm is not offered or not known', () => {
		expect(chooseChallenge([md5], 'SHA-256')).toBeUndefined();
		expect(chooseChallenge([md5], 'nonsense')).toBeUndefined();
	});

	it('takes a challenge that names no algorithm for MD5', () => {
		expect(chooseChallenge([sha256, md5], 'MD5')).toBe(md5);
	});

	it('steps over one without a nonce, or with no qop that it knows', () => {
		const useless = { digest: challenge({ nonce: undefined }) };
		const strange = { digest: challenge({ qop: ['auth-conf'] }) };
		expect(chooseChallenge([useless, strange, sha256])).toBe(sha256);
	});
});
