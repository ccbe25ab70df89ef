/* A digest that is checked in the short way is what a full check of this very REGISTER says. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerChallenge } from '../../src/digest/answer.js';
import type { Account } from '../../src/registration/account.js';
import { authenticationStep } from '../../src/registration/authentication.js';
import { checkDigest } from '../../src/registration/digest-check.js';
import { aorOf } from '../../src/registration/register-request.js';
import type { RegisterTransaction } from '../../src/registration/registration.js';
import { DigestChecker } from '../../src/registration/repeated-digest.js';
import { skeletonOf } from '../../src/sip/skeleton.js';
import { request, sent } from '../support/exchange.js';
import { clientTransactionsIn } from '../support/transcript.js';

const ACCOUNTS: readonly Account[] = Array.from({ length: 12 }, (_, index) => ({
	username: String(1000 + index),
	realm: undefined,
	aor: undefined,
	secret: { kind: 'password', password: `secret-${1000 + index}` },
}));

interface Said {
	readonly user: string;
	readonly secret: string;
	readonly nonce: string;
	readonly algorithm: string | undefined;
	readonly qop: readonly string[];
	readonly writing: 'usual' | 'blanks' | 'twice' | 'none';
}

const said: fc.Arbitrary<Said> = fc.record({
	// One account fits each: 1001 is the user of the address-of-record.
	user: fc.constantFrom('1001', '2000'),
	secret: fc.constantFrom('secret-1001', 'secret-1003', 'other'),
	nonce: fc.constantFrom('n1', 'n2', 'n3'),
	algorithm: fc.constantFrom(undefined, 'MD5', 'md5', 'SHA-256', 'MD5-sess', 'x'),
	qop: fc.constantFrom([], ['auth'], ['auth-int']),
	writing: fc.constantFrom('usual', 'usual', 'blanks', 'twice', 'none'),
});

function authorization({ user, secret, nonce, algorithm, qop, writing }: Said): readonly string[] {
	const answer = answerChallenge({
		challenge: {
			...{ realm: 'example.com', nonce, algorithm, qop, opaque: undefined, stale: false },
			...{ domain: undefined, charset: undefined, userhash: false, parameters: new Map() },
		},
		...{ username: user, secret: { kind: 'password', password: secret }, method: 'REGISTER' },
		...{ uri: 'sip:example.com', body: new Uint8Array(), cnonce: `c${nonce}`, nc: 1 },
	});
	if (answer.kind !== 'answered' || writing === 'none') return [];
	const line = `Authorization: ${answer.value}`;
	if (writing === 'blanks') return [line.replaceAll('=', ' = ')];
	return writing === 'twice' ? [line, line.replace('example.com', 'other')] : [line];
}

describe('the digest of a REGISTER whose like was checked before', () => {
	it('is what a full check says, whatever came before it', () => {
		fc.assert(
			fc.property(fc.array(said, { minLength: 1, maxLength: 6 }), (all) => {
				const checker = new DigestChecker(ACCOUNTS);
				for (const transaction of registered(all)) {
					const { wire } = transaction.phone.request.message;
					expect(checker.kindOf(transaction, skeletonOf(wire))).toBe(fullKind(transaction));
				}
			}),
			{ numRuns: 60 },
		);
	});

	it('is what a full check says, where only the bytes of its fresh values are looked at', () => {
		let compared = 0;
		fc.assert(
			fc.property(fc.array(said, { minLength: 2, maxLength: 6 }), (all) => {
				const checker = new DigestChecker(ACCOUNTS);
				const transactions = registered(all);
				for (const first of transactions) {
					const verifies = checker.verifierOf(first);
					if (verifies === undefined || verifies === 'any') continue;
					for (const other of transactions) {
						const { wire } = other.phone.request.message;
						if (skeletonOf(wire) !== skeletonOf(first.phone.request.message.wire)) continue;
						compared += 1;
						const { values, fresh } = placedDigest(wire);
						expect(verifies.isExpected(values, fresh)).toBe(fullKind(other) === fullKind(first));
					}
				}
			}),
			{ numRuns: 200 },
		);
		expect(compared).toBeGreaterThan(20);
	});
});

/** The REGISTERs, a minute apart. */
function registered(all: readonly Said[]): readonly RegisterTransaction[] {
	const text = all
		.map((one, index) =>
			sent(request({ cseq: index + 1, headers: authorization(one) }), index * 60),
		)
		.join('');
	return clientTransactionsIn(text).map((phone) => ({ phone, hops: [phone] }));
}

function fullKind(transaction: RegisterTransaction): string {
	const { message } = transaction.phone.request;
	return checkDigest(authenticationStep(transaction), ACCOUNTS, aorOf(message)).kind;
}

/** The values of a digest where they lie in the bytes of its REGISTER. */
function placedDigest(wire: string) {
	const bytes = new Uint8Array(Buffer.from(wire, 'latin1'));
	const places = [
		/[ ,]nonce="([^"]*)"/d,
		/[ ,]nc=(\w+)/d,
		/[ ,]cnonce="([^"]*)"/d,
		/response="([^"]*)"/d,
	].map((value) => value.exec(wire)?.indices?.[1]);
	const [nonce = -1, nc = -1, cnonce = -1, response = -1] = places.map((place, number) =>
		place === undefined ? -1 : number,
	);
	const startOf = (value: number): number => places[value]?.[0] ?? 0;
	const endOf = (value: number): number => places[value]?.[1] ?? 0;
	return { values: { bytes, startOf, endOf }, fresh: { nonce, nc, cnonce, response } };
}
