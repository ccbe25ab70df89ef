/*
 * What a nonce tells of its own time. Some registrars write it in plain (knowledge of their auth modules); of others the
 * stock lifetime is known. Without either nothing is said: a nonce is opaque to everybody but its server (RFC 7616 §3.3).
 */
import type { Instant } from '../time/instant.js';

export interface NonceClock {
	/** By the registrar's own clock; undefined where the nonce does not tell. */
	readonly issuedAt: Instant | undefined;
	readonly lifetimeMs: number;
	/** `written`: read from the nonce. `default`: the stock setting of this registrar, which may be another here. */
	readonly lifetimeFrom: 'written' | 'default';
	/** Who makes such nonces. */
	readonly registrar: string;
}

/** Kamailio's nonce; `isBound` where it also covers source address, Call-ID, From tag or Request-URI (auth_checks). */
export interface KamailioNonce {
	readonly issuedAt: Instant;
	readonly lifetimeMs: number;
	readonly isBound: boolean;
}

const DAY_MS = 86_400_000;
const MICROSECONDS = 1_000_000;

/** Without and with the second MD5, each without and with an index of one-time nonces; bytes. */
const PLAIN_LENGTHS = [24, 29];
const BOUND_LENGTHS = [40, 45];

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** The clock in a nonce that was seen at `seenAt`; undefined where it is of no known form. */
export function nonceClock(nonce: string, seenAt: Instant): NonceClock | undefined {
	const kamailio = kamailioNonce(nonce, seenAt);
	if (kamailio !== undefined) {
		const { issuedAt, lifetimeMs } = kamailio;
		return { issuedAt, lifetimeMs, lifetimeFrom: 'written', registrar: 'Kamailio' };
	}
	const lifetimeFrom = 'default';
	if (isPjsipNonce(nonce)) {
		const issuedAt = Number.parseInt(nonce, 10) * MICROSECONDS;
		return { issuedAt, lifetimeMs: 32_000, lifetimeFrom, registrar: 'Asterisk' };
	}
	const issuedAt = undefined;
	if (isFreeswitchNonce(nonce))
		return { issuedAt, lifetimeMs: 60_000, lifetimeFrom, registrar: 'FreeSWITCH' };
	if (isOpensipsNonce(nonce))
		return { issuedAt, lifetimeMs: 30_000, lifetimeFrom, registrar: 'OpenSIPS' };
	return undefined;
}

/** Two big-endian epochs, expiry and issue, then one or two MD5; base64 (Kamailio, module auth). */
export function kamailioNonce(nonce: string, seenAt: Instant): KamailioNonce | undefined {
	const raw = base64Bytes(nonce);
	if (raw === undefined) return undefined;
	const isBound = BOUND_LENGTHS.includes(raw.length);
	if (!isBound && !PLAIN_LENGTHS.includes(raw.length)) return undefined;
	const issuedAt = raw.readUInt32BE(4) * MICROSECONDS;
	const lifetimeMs = (raw.readUInt32BE(0) - raw.readUInt32BE(4)) * 1000;
	const ageMs = Math.abs(seenAt - issuedAt) / 1000;
	// Random bytes give two times of today once in 10¹¹.
	if (lifetimeMs <= 0 || lifetimeMs > DAY_MS || ageMs >= DAY_MS) return undefined;
	return { issuedAt, lifetimeMs, isBound };
}

/** Asterisk's res_pjsip: epoch, slash, MD5. */
export function isPjsipNonce(nonce: string): boolean {
	return /^\d{9,11}\/[0-9a-f]{32}$/.test(nonce);
}

export function isFreeswitchNonce(nonce: string): boolean {
	return UUID.test(nonce);
}

/** OpenSIPS 3: 33 encrypted bytes, the last zero. */
export function isOpensipsNonce(nonce: string): boolean {
	const raw = nonce.length === 44 ? base64Bytes(nonce) : undefined;
	return raw?.length === 33 && raw[32] === 0;
}

function base64Bytes(text: string): Buffer | undefined {
	return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}
