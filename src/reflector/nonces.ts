/*
 * Nonces that are not kept: the time they were given, and a hash over it and the address they were given to. So nobody
 * can fill a table with them, and who sends one back has proved that packets to its address arrive there.
 */
import { keyedHash } from '../digest/keyed-hash.js';
import type { Instant } from '../time/instant.js';

/** `current` also proves the address. */
export type NonceState = 'current' | 'expired' | 'foreign';

/** 64 bits: short, as an answer may not be longer than the request, and enough against guessing at a limited rate. */
const HASH_CHARACTERS = 11;

export class Nonces {
	readonly #key: Uint8Array;
	readonly #lifetimeS: number;

	constructor(key: Uint8Array, lifetimeS: number) {
		this.#key = key;
		this.#lifetimeS = lifetimeS;
	}

	issue(address: string, now: Instant): string {
		return this.#nonce(address, seconds(now));
	}

	read(nonce: string, address: string, now: Instant): NonceState {
		const written = nonce.slice(0, 6);
		const [at] = [Number.parseInt(written, 36)];
		if (!Number.isSafeInteger(at) || this.#nonce(address, at) !== nonce) return 'foreign';
		return Math.abs(seconds(now) - at) > this.#lifetimeS ? 'expired' : 'current';
	}

	#nonce(address: string, at: number): string {
		const time = at.toString(36).padStart(6, '0');
		return `${time}${keyedHash(this.#key, `nonce ${time} ${address}`).slice(0, HASH_CHARACTERS)}`;
	}
}

function seconds(now: Instant): number {
	return Math.floor(now / 1_000_000);
}
