/*
 * From the domain of the address-of-record, or the server named by the user, to the addresses to send to. A and AAAA
 * only: NAPTR and SRV (RFC 3263 §4) come with the transports they choose between.
 */
import { isIP } from 'node:net';
import { canonicalAddress } from '../net/address.js';
import type { ResolutionEvent } from '../trace/observed.js';
import type { Resolver } from './resolver.js';
import { errnoOf } from './socket-failure.js';

/** More addresses than a probe would ever try; a longer answer is cut. */
const MAX_ADDRESSES = 16;

export interface DnsAnswer {
	readonly type: 'A' | 'AAAA';
	readonly addresses: readonly string[];
	/** node:dns's error code where there is no answer. */
	readonly errno: string | undefined;
}

export type Located =
	| {
			readonly kind: 'located';
			/** In the order to try: IPv4 first, as most phones do; at least one. */
			readonly addresses: readonly [string, ...string[]];
			/** `literal` needed no question; `system` is the hosts file or whatever else getaddrinfo reads. */
			readonly from: 'literal' | 'dns' | 'system';
			readonly answers: readonly DnsAnswer[];
	  }
	| {
			readonly kind: 'not-located';
			readonly outcome: ResolutionEvent['outcome'];
			readonly errno: string;
			readonly answers: readonly DnsAnswer[];
	  };

/** Resolves a name (or passes an address on); never rejects. */
export async function locate(host: string, resolver: Resolver): Promise<Located> {
	if (isIP(host) !== 0) {
		return { kind: 'located', addresses: [canonicalAddress(host)], from: 'literal', answers: [] };
	}
	const answers = await Promise.all([
		ask('A', () => resolver.resolve4(host)),
		ask('AAAA', () => resolver.resolve6(host)),
	]);
	const found = firstOf(answers.flatMap(({ addresses }) => addresses));
	if (found !== undefined) return { kind: 'located', addresses: found, from: 'dns', answers };
	// The hosts file (and so `localhost`) is not in the DNS.
	const known = firstOf((await ask('A', () => resolver.lookup(host))).addresses);
	if (known !== undefined) return { kind: 'located', addresses: known, from: 'system', answers };
	return { kind: 'not-located', ...whyNot(answers), answers };
}

async function ask(
	type: DnsAnswer['type'],
	question: () => Promise<readonly string[]>,
): Promise<DnsAnswer> {
	try {
		const addresses = (await question()).slice(0, MAX_ADDRESSES).map(canonicalAddress);
		return { type, addresses, errno: addresses.length === 0 ? 'ENODATA' : undefined };
	} catch (error) {
		return { type, addresses: [], errno: errnoOf(error) };
	}
}

function firstOf(addresses: readonly string[]): readonly [string, ...string[]] | undefined {
	const [first, ...rest] = new Set(addresses);
	return first === undefined ? undefined : [first, ...rest];
}

/**
 * The worst of the two answers that still says something of the name: where one question got "no such record", the
 * name exists; a time-out or failure of either leaves everything open.
 */
function whyNot(answers: readonly DnsAnswer[]): {
	readonly outcome: ResolutionEvent['outcome'];
	readonly errno: string;
} {
	const codes = answers.map(({ errno }) => errno ?? 'ENODATA');
	const other = codes.find((code) => !['ENODATA', 'ENOTFOUND', 'ETIMEOUT'].includes(code));
	if (codes.includes('ETIMEOUT')) return { outcome: 'timed-out', errno: 'ETIMEOUT' };
	if (other !== undefined) return { outcome: 'failure', errno: other };
	if (codes.includes('ENODATA')) return { outcome: 'no-record', errno: 'ENODATA' };
	return { outcome: 'nxdomain', errno: 'ENOTFOUND' };
}
