import type { DigestChallenge, DigestCredentials } from '../../src/digest/digest.js';

/** Credentials that verify with the password `s3cret!` (vector V7), but for what is overridden. */
export function credentials(overrides: Partial<DigestCredentials> = {}): DigestCredentials {
	return {
		username: '1001',
		usernameExtended: undefined,
		realm: 'sip.example.com',
		nonce: '84f1c1ae6cbe5ua9c8e88dfa3ecm3459',
		uri: 'sip:sip.example.com',
		response: 'f0d9cb1c38b5149d9b011a5716a6a34c',
		algorithm: undefined,
		cnonce: '0a4f113b',
		opaque: undefined,
		qop: 'auth',
		nc: '00000001',
		userhash: false,
		parameters: new Map(),
		...overrides,
	};
}

/** The challenge that those credentials answer. */
export function challenge(overrides: Partial<DigestChallenge> = {}): DigestChallenge {
	return {
		realm: 'sip.example.com',
		nonce: '84f1c1ae6cbe5ua9c8e88dfa3ecm3459',
		algorithm: undefined,
		qop: ['auth'],
		opaque: undefined,
		stale: false,
		domain: undefined,
		charset: undefined,
		userhash: false,
		parameters: new Map(),
		...overrides,
	};
}
