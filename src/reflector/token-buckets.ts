/*
 * How much a source may ask: a token bucket each, in a table of a fixed size, and one for all together, so that many
 * forged sources cannot get past it. An IPv6 source is its /64: one host has all of it.
 */
import { elapsedMs, type Instant } from '../time/instant.js';

const MAX_SOURCES = 10_000;

export interface Rate {
	readonly perSecond: number;
	/** What may come at once. */
	readonly burst: number;
}

interface Bucket {
	tokens: number;
	at: Instant;
}

export class TokenBuckets {
	readonly #each: Rate;
	readonly #all: Rate;
	readonly #buckets = new Map<string, Bucket>();
	#together: Bucket | undefined;

	constructor(each: Rate, all: Rate) {
		this.#each = each;
		this.#all = all;
	}

	/** Sources that are remembered. */
	get size(): number {
		return this.#buckets.size;
	}

	/** True where the source may be served now; takes one token of its own and one of all. */
	take(address: string, now: Instant): boolean {
		const key = networkOf(address);
		const bucket = filled(this.#buckets.get(key), this.#each, now);
		// Taken out and put back: the table is in the order of last use, and the longest unused goes first.
		this.#buckets.delete(key);
		this.#buckets.set(key, bucket);
		if (this.#buckets.size > MAX_SOURCES) {
			for (const oldest of this.#buckets.keys()) {
				this.#buckets.delete(oldest);
				break;
			}
		}
		this.#together = filled(this.#together, this.#all, now);
		if (bucket.tokens < 1 || this.#together.tokens < 1) return false;
		bucket.tokens -= 1;
		this.#together.tokens -= 1;
		return true;
	}
}

function filled(bucket: Bucket | undefined, { perSecond, burst }: Rate, now: Instant): Bucket {
	if (bucket === undefined) return { tokens: burst, at: now };
	// A clock that was set back gives nothing, and takes nothing.
	const seconds = Math.max(0, elapsedMs(bucket.at, now)) / 1000;
	return { tokens: Math.min(burst, bucket.tokens + seconds * perSecond), at: now };
}

/** The address itself, of an IPv6 one the first 64 bits. */
export function networkOf(address: string): string {
	if (!address.includes(':')) return address;
	const [before = '', after] = address.split('%', 1)[0]?.split('::') ?? [];
	const groups = before.split(':').filter((group) => group !== '');
	const behind = (after ?? '').split(':').filter((group) => group !== '');
	const zeros = after === undefined ? 0 : Math.max(0, 8 - groups.length - behind.length);
	const all = [...groups, ...Array.from({ length: zeros }, () => '0'), ...behind];
	return `${all.slice(0, 4).join(':')}::/64`;
}
