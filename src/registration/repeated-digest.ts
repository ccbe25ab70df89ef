/*
 * The digest of a REGISTER whose like was checked before: of two that differ in nothing but nonce, nc, cnonce and
 * response the account, HA1 and HA2 are the same, and one hash is left to compute (RFC 7616 §3.4.1).
 */
import { detached } from '../bytes/detached.js';
import { findAlgorithm, hashHex } from '../digest/algorithm.js';
import { computeHa2 } from '../digest/compute.js';
import type { DigestCredentials } from '../digest/digest.js';
import { ha1Of } from '../digest/secret-ha1.js';
import { skeletonOf } from '../sip/skeleton.js';
import { wireNonceCount, wireParameter } from '../sip/wire-parameter.js';
import type { FreshDigest, Md5Digest } from '../trace/exchange-template.js';
import type { PlacedValues } from '../trace/placed-values.js';
import type { Account } from './account.js';
import {
	type AuthenticationStep,
	authenticationStep,
	digestCredentials,
} from './authentication.js';
import { ByteText, isHex } from './byte-text.js';
import { checkDigest, type DigestCheck } from './digest-check.js';
import { aorOf, plainAor } from './register-request.js';
import type { RegisterTransaction } from './registration.js';

/** More than this are asked anew. */
const MAX_KNOWN = 100_000;

interface Known {
	readonly skeleton: number;
	readonly kind: DigestCheck['kind'];
	/** Undefined where one hash does not do: -sess, auth-int, several credentials, or none that could be checked. */
	readonly formula: Formula | undefined;
}

interface Formula {
	readonly hash: (text: string | Uint8Array) => string;
	readonly ha1: string;
	readonly ha2: string;
	readonly qop: string | undefined;
	readonly isMd5: boolean;
}

/** Checks digests in order of time; remembers the last REGISTER with credentials of each To. */
export class DigestChecker {
	readonly #accounts: readonly Account[];
	readonly #known = new Map<string, Known>();
	readonly #text = new ByteText();

	constructor(accounts: readonly Account[]) {
		this.#accounts = accounts;
	}

	/** What the credentials of a transaction are against the accounts; `knownSkeleton` is that of its request. */
	kindOf(transaction: RegisterTransaction, knownSkeleton?: number): DigestCheck['kind'] {
		const { request, to } = transaction.phone;
		const { wire } = request.message;
		if (this.#accounts.length === 0 || !hasCredentials(wire)) return 'not-checked';
		const skeleton = knownSkeleton ?? skeletonOf(wire);
		const known = this.#known.get(to);
		if (known?.skeleton === skeleton && known.formula !== undefined) {
			const verifies =
				expected(known.formula, wire) === wireParameter(wire, 'response')?.toLowerCase();
			// A miss is only as sure as the one that was looked at with care.
			if (verifies === (known.kind === 'verifies')) return known.kind;
		}
		const step = stepOf(transaction);
		const check = checkDigest(step, this.#accounts, plainAor(to) ?? aorOf(request.message));
		if (this.#known.size < MAX_KNOWN || known !== undefined)
			this.#known.set(detached(to), {
				skeleton,
				kind: check.kind,
				formula: formulaOf(check, step),
			});
		return check.kind;
	}

	/**
	 * Tells whether other values that are made anew would be what they are in this transaction, whose like was asked for
	 * before: `'any'` where they are not checked; undefined where the whole REGISTER is needed to tell.
	 */
	verifierOf(transaction: RegisterTransaction): FreshVerifier | 'any' | undefined {
		if (this.kindOf(transaction) === 'not-checked') return 'any';
		const known = this.#known.get(transaction.phone.to);
		if (known?.formula === undefined) return undefined;
		const { formula } = known;
		const isRight = known.kind === 'verifies';
		return {
			isExpected: (exchange, fresh) => isExpected(formula, this.#text, exchange, fresh) === isRight,
			md5: formula.isMd5
				? { ha1: formula.ha1, ha2: formula.ha2, qop: formula.qop, isRight }
				: undefined,
		};
	}
}

export interface FreshVerifier {
	isExpected(exchange: PlacedValues, fresh: FreshDigest): boolean;
	/** All that there is to verify; undefined for another algorithm than MD5. */
	readonly md5: Md5Digest | undefined;
}

type Step = Pick<AuthenticationStep, 'request' | 'credentials' | 'challenges'>;

/** Of one set of credentials it does not matter what it answers. */
function stepOf(transaction: RegisterTransaction): Step {
	const { request } = transaction.phone;
	const credentials = digestCredentials(request.message);
	if (credentials.length > 1) return authenticationStep(transaction);
	return { request, credentials, challenges: [] };
}

/** Cheap, and never false where a REGISTER carries credentials. */
function hasCredentials(wire: string): boolean {
	return wire.includes('\nAuthorization:') || /authorization[ \t]*:/i.test(wire);
}

function expected({ hash, ha1, ha2, qop }: Formula, wire: string): string {
	const nonce = wireParameter(wire, 'nonce') ?? '';
	if (qop === undefined) return hash(`${ha1}:${nonce}:${ha2}`);
	const [nc, cnonce] = [wireNonceCount(wire) ?? '', wireParameter(wire, 'cnonce') ?? ''];
	return hash(`${ha1}:${nonce}:${nc}:${cnonce}:${qop}:${ha2}`);
}

/** The same of values that no text was made of: of a large capture nearly all are asked for once. */
function isExpected(
	{ hash, ha1, ha2, qop }: Formula,
	text: ByteText,
	exchange: PlacedValues,
	{ nonce, nc, cnonce, response }: FreshDigest,
): boolean {
	text.clear();
	text.add(ha1);
	text.add(':');
	text.addValue(exchange, nonce);
	if (qop !== undefined) {
		text.add(':');
		text.addValue(exchange, nc);
		text.add(':');
		text.addValue(exchange, cnonce);
		text.add(':');
		text.add(qop);
	}
	text.add(':');
	text.add(ha2);
	return isHex(exchange, response, hash(text.bytes()));
}

function formulaOf(check: DigestCheck, { credentials, request }: Step): Formula | undefined {
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
	if (!isPlain(digest, request.message.wire)) return undefined;
	const hash = (text: string | Uint8Array): string => hashHex(algorithm, text);
	return { hash, ha1: key.ha1, ha2, qop, isMd5: algorithm.name === 'MD5' };
}

/** The short way reads what the long one read; an unusual way of writing the parameters is not for it. */
function isPlain({ nonce, response, qop, nc, cnonce }: DigestCredentials, wire: string): boolean {
	if (wireParameter(wire, 'nonce') !== nonce || wireParameter(wire, 'response') !== response)
		return false;
	return (
		qop === undefined || (wireNonceCount(wire) === nc && wireParameter(wire, 'cnonce') === cnonce)
	);
}
