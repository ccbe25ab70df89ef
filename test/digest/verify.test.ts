import { describe, expect, it } from 'vitest';
import { findAlgorithm } from '../../src/digest/algorithm.js';
import { computeHa1, computeResponse, computeUserhash } from '../../src/digest/compute.js';
import type { DigestCredentials, DigestSecret } from '../../src/digest/digest.js';
import { type Verification, verifyCredentials } from '../../src/digest/verify.js';
import { credentials } from './credentials.js';

const PASSWORD: DigestSecret = { kind: 'password', password: 's3cret!' };
const HA1 = 'a2bf7bce7c2bf37c7246e2088b45f279';

function verify(overrides: Partial<DigestCredentials> = {}, more: Partial<Verification> = {}) {
	const body = new Uint8Array();
	const given = { credentials: credentials(overrides), secret: PASSWORD, method: 'REGISTER', body };
	return verifyCredentials({ ...given, ...more });
}

describe('verifying credentials', () => {
	it('verifies with the right password', () => {
		expect(verify()).toEqual({ kind: 'verifies' });
	});

	it('does not verify with another password', () => {
		const secret: DigestSecret = { kind: 'password', password: 's3cret' };
		expect(verify({}, { secret })).toEqual({ kind: 'does-not-verify' });
	});

	it('does not verify with another method', () => {
		expect(verify({}, { method: 'INVITE' })).toEqual({ kind: 'does-not-verify' });
	});

	it('takes a response in upper case', () => {
		const response = 'f0d9cb1c38b5149d9b011a5716a6a34c'.toUpperCase();
		expect(verify({ response })).toEqual({ kind: 'verifies' });
	});

	it('verifies with the HA1 in place of the password', () => {
		const secret: DigestSecret = { kind: 'ha1', ha1: HA1.toUpperCase(), algorithm: 'MD5' };
		expect(verify({}, { secret })).toEqual({ kind: 'verifies' });
	});

	it('takes an MD5 HA1 for MD5-sess, as both have the same', () => {
		const response = '4df269be3ca9f595dcd6ebf159bfee6c';
		const secret: DigestSecret = { kind: 'ha1', ha1: HA1, algorithm: 'MD5' };
		expect(verify({ algorithm: 'MD5-sess', response }, { secret })).toEqual({ kind: 'verifies' });
	});

	it('cannot check SHA-256 with an HA1 of MD5, and says so', () => {
		const secret: DigestSecret = { kind: 'ha1', ha1: HA1, algorithm: 'MD5' };
		expect(verify({ algorithm: 'SHA-256' }, { secret })).toEqual({
			kind: 'not-checkable',
			because: 'the HA1 is of MD5, the challenge of SHA-256',
		});
	});

	it.each(['username', 'realm', 'nonce', 'uri', 'response'] as const)(
		'cannot check credentials without %s',
		(name) => {
			expect(verify({ [name]: undefined })).toEqual({
				kind: 'not-checkable',
				because: `the credentials have no ${name}`,
			});
		},
	);

	it.each([
		[{ algorithm: 'AKAv1-MD5' }, 'the algorithm AKAv1-MD5 is not known'],
		[{ qop: 'auth-conf' }, 'the qop "auth-conf" is not known'],
		[{ nc: undefined }, 'the credentials have a qop and no nc'],
		[{ cnonce: undefined }, 'the credentials have a qop and no cnonce'],
		[{ algorithm: 'MD5-sess', cnonce: undefined }, 'the credentials have no cnonce'],
		[{ userhash: true }, 'the username is hashed (userhash=true)'],
	])('cannot check %j', (overrides, because) => {
		expect(verify(overrides)).toEqual({ kind: 'not-checkable', because });
	});

	it('uses the nonce and cnonce of the first request of a session', () => {
		const algorithm = findAlgorithm('MD5-sess');
		if (algorithm === undefined) throw new Error('not found');
		const sessionNonce = 'first';
		const sessionCnonce = 'other';
		const { uri = '', qop, nc, cnonce } = credentials();
		const body = new Uint8Array();
		const inputs = { algorithm, ha1: HA1, method: 'REGISTER', uri, qop, nc, cnonce, body };
		const nonce = 'second';
		const response = computeResponse({ ...inputs, nonce, sessionNonce, sessionCnonce });
		const later = { algorithm: 'MD5-sess', nonce, response };
		expect(verify(later, { sessionNonce, sessionCnonce })).toEqual({ kind: 'verifies' });
		expect(verify(later)).toEqual({ kind: 'does-not-verify' });
	});

	it('hashes a password as UTF-8', () => {
		const secret: DigestSecret = { kind: 'password', password: 'Pässwörd' };
		const response = '6080ce3866c319afb01a296406ec6977';
		const old = { qop: undefined, nc: undefined, cnonce: undefined, response };
		expect(verify(old, { secret })).toEqual({ kind: 'verifies' });
	});

	it('does not encode a UTF-8 username of the wire a second time', () => {
		const algorithm = findAlgorithm('MD5');
		if (algorithm === undefined) throw new Error('not found');
		const username = Buffer.from('Jäsøn', 'utf8').toString('latin1');
		const realm = 'sip.example.com';
		const ha1 = computeHa1({ algorithm, username, realm, password: 's3cret!' });
		const { uri = '', nonce = '', qop, nc, cnonce } = credentials();
		const body = new Uint8Array();
		const response = computeResponse({
			...{ algorithm, ha1, method: 'REGISTER', uri, nonce, qop, nc, cnonce, body },
		});
		expect(verify({ username, response })).toEqual({ kind: 'verifies' });
		expect(verify({ username: undefined, usernameExtended: username, response })).toEqual({
			kind: 'verifies',
		});
	});

	it('verifies a hashed username against the username it is told', () => {
		const algorithm = findAlgorithm('MD5');
		if (algorithm === undefined) throw new Error('not found');
		const username = computeUserhash(algorithm, '1001', 'sip.example.com');
		const hashed = { userhash: true, username };
		expect(verify(hashed, { username: '1001' })).toEqual({ kind: 'verifies' });
		expect(verify(hashed, { username: '1002' })).toEqual({ kind: 'does-not-verify' });
	});

	it('needs no username for an HA1, which has it inside', () => {
		const secret: DigestSecret = { kind: 'ha1', ha1: HA1, algorithm: 'MD5' };
		expect(verify({ userhash: true, username: 'ab' }, { secret })).toEqual({ kind: 'verifies' });
	});
});
