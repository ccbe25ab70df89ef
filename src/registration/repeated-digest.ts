/*
 * The digest of a REGISTER whose like was checked before: of two that differ in nothing but nonce, nc, cnonce and
 * response the account, HA1 and HA2 are the same, and one hash is left to compute (RFC 7616 §3.4.1).
 */
import { detached } from '../bytes/detached.js';
import { findAlgorithm, hashHex } from '../digest/algorithm.js';
import { computeHa2 } from '../digest/compute.js';
import { ha1Of } from '../digest/secret-ha1.js';
import { wireNonceCount, wireParameter } from '../sip/wire-parameter.js';
import type { Account } from './account.js';
import { authenticationStep } from './authentication.js';
import { checkDigest, type DigestCheck } from './digest-check.js';
import { aorOf } from './register-request.js';
import type { RegisterTransaction } from './registration.js';

/** More than this are asked anew. */
const MAX_KNOWN = 100_000;

interface Known {
	readonly skeleton: number;
	readonly kind: DigestCheck['kind'];
	/** Undefined where one hash does not do: -sess, auth-int, several credentials, or none that could be checked. */
	readonly formula:
		| {
				readonly hash: (text: string) => string;
				readonly ha1: string;
				readonly ha2: string;
				readonly qop: string | undefined;
		  }
		| undefined;
}

/** Checks digests in order of time; remembers the last REGISTER with credentials of each To. */
export class DigestChecker {
	readonly #accounts: readonly Account[];
	readonly #known = new Map<string, Known>();

	constructor(accounts: readonly Account[]) {
		this.#accounts = accounts;
	}

	/** What the credentials of a transaction are against the accounts; `skeleton` is that of its request. */
	kindOf(transaction: RegisterTransaction, skeleton: number): DigestCheck['kind'] {
		const { request, to } = transaction.phone;
		const { wire } = request.message;
		if (this.#accounts.length === 0 || !hasCredentials(wire)) return 'not-checked';
		const known = this.#known.get(to);
		if (known?.skeleton === skeleton && known.formula !== undefined) {
			const verifies =
				expected(known.formula, wire) === wireParameter(wire, 'response')?.toLowerCase();
			// A miss is only as sure as the one that was looked at with care.
			if (verifies === (known.kind === 'verifies')) return known.kind;
		}
		const check = checkDigest(
			authenticationStep(transaction),
			this.#accounts,
			aorOf(request.message),
		);
		if (this.#known.size < MAX_KNOWN || known !== undefined)
			this.#known.set(detached(to), {
				skeleton,
				kind: check.kind,
				formula: formulaOf(check, transaction),
			});
		return check.kind;
	}
}

/** Cheap, and never false where a REGISTER carries credentials. */
export function hasCredentials(wire: string): boolean {
	return wire.includes('\nAuthorization:') || /authorization[ \t]*:/i.test(wire);
}

function expected({ hash, ha1, ha2, qop }: NonNullable<Known['formula']>, wire: string): string {
	const nonce = wireParameter(wire, 'nonce') ?? '';
	if (qop === undefined) return hash(`${ha1}:${nonce}:${ha2}`);
	const cnonce = wireParameter(wire, 'cnonce') ?? '';
	return hash(`${ha1}:${nonce}:${wireNonceCount(wire) ?? ''}:${cnonce}:${qop}:${ha2}`);
}

function formulaOf(check: DigestCheck, transaction: RegisterTransaction): Known['formula'] {
	const { credentials, request } = authenticationStep(transaction);
	const [sent, another] = credentials;
	if (check.kind === 'not-checked' || sent === undefined || another !== undefined) return undefined;
	const { digest } = sent;
	const { username, realm = '', uri = '', qop, userhash, usernameExtended } = digest;
	const algorithm = findAlgorithm(digest.algorithm);
	if (algorithm === undefined || algorithm.session || userhash || username === undefined)
		return undefined;
	if (usernameExtended !== undefined || qop?.toLowerCase() === 'auth-int') return undefined;
	const key = ha1Of(check.account.secret, algorithm, username, realm);
	if ('cannot' in key) return undefined;
	const { method, body } = request.message;
	const ha2 = computeHa2({ algorithm, method, uri, qop, body });
	const formula = { hash: (text: string) => hashHex(algorithm, text), ha1: key.ha1, ha2, qop };
	// The short way must give what the long one gave; an unusual way of writing the parameters is not for it.
	const verifies = expected(formula, request.message.wire) === digest.response?.toLowerCase();
	return verifies === (check.kind === 'verifies') ? formula : undefined;
}
