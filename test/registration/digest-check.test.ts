/* Design §1: which account fits, and when a digest that does not verify says something. */
import { describe, expect, it } from 'vitest';
import { answerChallenge } from '../../src/digest/answer.js';
import type { DigestChallenge, DigestSecret } from '../../src/digest/digest.js';
import type { Account } from '../../src/registration/account.js';
import { authenticationSteps } from '../../src/registration/authentication.js';
import { checkDigest, type DigestCheck } from '../../src/registration/digest-check.js';
import { request, sent } from '../support/exchange.js';
import { theRegistration } from './reading.js';

const password = (text: string): DigestSecret => ({ kind: 'password', password: text });
/** MD5 of `1001:example.com:secret`. */
const HA1: DigestSecret = {
	kind: 'ha1',
	ha1: '09b1b83242262419c17f691983d692d0',
	algorithm: 'MD5',
};

function account(parts: Partial<Account> = {}): Account {
	return {
		username: '1001',
		realm: undefined,
		aor: undefined,
		secret: password('secret'),
		...parts,
	};
}

interface Credentials {
	readonly username?: string;
	readonly algorithm?: string;
	readonly nc?: number;
	readonly secret?: string;
}

/** A REGISTER of sip:1001@example.com whose response was computed from these, against the accounts. */
function check(parts: Credentials, ...accounts: readonly Account[]): DigestCheck {
	const { username = '1001', algorithm, nc = 1, secret = 'secret' } = parts;
	const challenge: DigestChallenge = {
		...{ realm: 'example.com', nonce: 'n1', algorithm, qop: ['auth'], opaque: undefined },
		...{ stale: false, domain: undefined, charset: undefined, userhash: false },
		parameters: new Map(),
	};
	const answer = answerChallenge({
		...{ challenge, username, secret: password(secret), method: 'REGISTER' },
		...{ uri: 'sip:example.com', body: new Uint8Array(), cnonce: 'c1', nc },
	});
	const header = answer.kind === 'answered' ? `Authorization: ${answer.value}` : 'none: none';
	const { attempts, aor } = theRegistration(sent(request({ headers: [header] }), 0), 0);
	const [step] = attempts.flatMap(authenticationSteps);
	if (step === undefined) throw new Error('no REGISTER');
	return checkDigest(step, accounts, aor);
}

describe('an account that fits', () => {
	it('verifies where the response was computed from its password', () => {
		expect(check({}, account()).kind).toBe('verifies');
	});

	it('does not verify where it was computed from another', () => {
		expect(check({ secret: 'other' }, account()).kind).toBe('does-not-verify');
	});

	it('verifies with each algorithm', () => {
		for (const algorithm of ['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess', 'SHA-512-256'])
			expect(check({ algorithm }, account()).kind, algorithm).toBe('verifies');
	});

	it('fits by the digest username', () => {
		const named = account({ username: 'line-7' });
		const other = account({ username: 'x' });
		expect(check({ username: 'line-7', secret: 'wrong' }, named, other).kind).toBe(
			'does-not-verify',
		);
	});

	it('fits by the digest username before the @', () => {
		const other = account({ username: 'x' });
		const result = check({ username: '1001@example.com', secret: 'wrong' }, account(), other);
		expect(result.kind).toBe('does-not-verify');
	});

	it('fits by the user of the address-of-record', () => {
		const other = account({ username: 'x' });
		expect(check({ username: 'line-7', secret: 'wrong' }, account(), other).kind).toBe(
			'does-not-verify',
		);
	});

	it('fits by its address-of-record', () => {
		const named = account({ username: 'line-7', aor: 'sip:1001@example.com' });
		const other = account({ username: 'x' });
		expect(check({ username: 'line-9', secret: 'wrong' }, named, other).kind).toBe(
			'does-not-verify',
		);
	});

	it('is the one that verifies among several of the same name', () => {
		const result = check({}, account({ secret: password('old') }), account());
		expect(result.kind).toBe('verifies');
	});

	it('verifies although its realm is another: a realm only ranks', () => {
		expect(check({}, account({ realm: 'other.example.net' })).kind).toBe('verifies');
	});

	it('is named by the realm of the credentials first where several miss', () => {
		const here = account({ realm: 'example.com' });
		const result = check({ secret: 'wrong' }, account({ realm: 'example.net' }), here);
		expect(result).toEqual({ kind: 'does-not-verify', account: here });
	});
});

describe('an account that does not fit', () => {
	it('is tried where it is the only one, and a match counts', () => {
		expect(
			check({ username: 'line-7' }, account({ username: 'line-7', aor: 'sip:2@example.com' })).kind,
		).toBe('verifies');
	});

	it('is tried where it is the only one, and a miss counts for nothing', () => {
		expect(check({ secret: 'wrong' }, account({ username: 'somebody-else' })).kind).toBe(
			'not-checked',
		);
	});

	it('is not tried beside others', () => {
		const result = check({}, account({ username: 'x' }), account({ username: 'y' }));
		expect(result).toEqual({ kind: 'not-checked', because: 'no account fits this user' });
	});
});

describe('an HA1', () => {
	const wrong: DigestSecret = { kind: 'ha1', ha1: '0'.repeat(32), algorithm: 'MD5' };

	it('says nothing about another username than its own', () => {
		const result = check(
			{ username: '1001@example.com' },
			account({ secret: wrong, realm: 'example.com' }),
		);
		expect(result).toEqual({ kind: 'not-checked', because: 'the HA1 belongs to another username' });
	});

	it('says nothing about another realm than its own', () => {
		const result = check({}, account({ secret: wrong, realm: 'example.net' }));
		expect(result).toEqual({ kind: 'not-checked', because: 'the HA1 belongs to another realm' });
	});

	it('that misses says nothing where its realm is not known', () => {
		expect(check({}, account({ secret: wrong })).kind).toBe('not-checked');
	});

	it('that misses counts where its realm is known', () => {
		expect(check({}, account({ secret: wrong, realm: 'example.com' })).kind).toBe(
			'does-not-verify',
		);
	});

	it('that matches counts also where its realm is not known', () => {
		expect(check({}, account({ secret: HA1 })).kind).toBe('verifies');
	});
});

describe('what cannot be checked', () => {
	it('is said: no account', () => {
		expect(check({})).toEqual({ kind: 'not-checked', because: 'no account was given' });
	});

	it('is said: no credentials', () => {
		const { attempts, aor } = theRegistration(sent(request(), 0), 0);
		const [step] = attempts.flatMap(authenticationSteps);
		if (step === undefined) throw new Error('no REGISTER');
		expect(checkDigest(step, [account()], aor)).toEqual({
			kind: 'not-checked',
			because: 'the REGISTER carries no credentials',
		});
	});

	it('is a miss of a later response in a session whose first nonce may not be captured', () => {
		expect(check({ algorithm: 'MD5-sess', nc: 2, secret: 'wrong' }, account()).kind).toBe(
			'not-checked',
		);
		expect(check({ algorithm: 'MD5-sess', nc: 1, secret: 'wrong' }, account()).kind).toBe(
			'does-not-verify',
		);
	});
});
