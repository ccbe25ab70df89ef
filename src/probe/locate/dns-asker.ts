/*
 * Questions to the DNS, each asked once and kept with its answer and its time: the checklist shows them, and the trace
 * gets them.
 */
import type { NaptrRecord, SrvRecord } from 'node:dns';
import { canonicalAddress } from '../../net/address.js';
import { elapsedMs, type Instant } from '../../time/instant.js';
import type { DnsEvent } from '../../trace/observed.js';
import type { Resolver } from '../resolver.js';
import { errnoOf } from '../socket-failure.js';

export type LookupType = 'NAPTR' | 'SRV' | 'A' | 'AAAA';

/** One question and what came of it. */
export interface Lookup {
	/** Lower case, without the dot at the end. */
	readonly name: string;
	readonly type: LookupType;
	/** When the answer was there. */
	readonly at: Instant;
	readonly ms: number;
	readonly outcome: DnsEvent['outcome'];
	/** node:dns's error code where there is no answer. */
	readonly errno: string | undefined;
	/** Addresses, `priority weight port target`, or `order preference flags service replacement`. */
	readonly data: readonly string[];
}

export interface Answer<T> {
	readonly lookup: Lookup;
	readonly records: readonly T[];
}

/** More than a probe would ever use; a longer answer is cut. */
const MAX_RECORDS = 16;

export class DnsAsker {
	readonly #resolver: Resolver;
	readonly #now: () => Instant;
	readonly #asked = new Map<string, Promise<Answer<unknown>>>();
	readonly #lookups: Lookup[] = [];

	constructor(resolver: Resolver, now: () => Instant) {
		this.#resolver = resolver;
		this.#now = now;
	}

	/** Every question so far, in the order in which the answers came. */
	get lookups(): readonly Lookup[] {
		return this.#lookups;
	}

	naptr(name: string): Promise<Answer<NaptrRecord>> {
		const write = (one: NaptrRecord): string => {
			const words = [one.flags, one.service, nameOf(one.replacement)].map(wordOf).join(' ');
			return `${one.order} ${one.preference} ${words}`;
		};
		return this.#ask('NAPTR', name, () => this.#resolver.resolveNaptr(name), write);
	}

	srv(name: string): Promise<Answer<SrvRecord>> {
		const write = ({ priority, weight, port, name: host }: SrvRecord): string =>
			`${priority} ${weight} ${port} ${nameOf(host)}`;
		return this.#ask('SRV', name, () => this.#resolver.resolveSrv(name), write);
	}

	/** IPv4 first, as most phones do. */
	addresses(name: string): Promise<readonly [Answer<string>, Answer<string>]> {
		return Promise.all([
			this.#ask('A', name, () => this.#resolver.resolve4(name), canonicalAddress),
			this.#ask('AAAA', name, () => this.#resolver.resolve6(name), canonicalAddress),
		]);
	}

	/** What the machine itself knows of a name (hosts file); empty where nothing. */
	async system(name: string): Promise<readonly string[]> {
		try {
			return (await this.#resolver.lookup(name)).slice(0, MAX_RECORDS).map(canonicalAddress);
		} catch {
			return [];
		}
	}

	#ask<T>(
		type: LookupType,
		asked: string,
		question: () => Promise<readonly T[]>,
		write: (record: T) => string,
	): Promise<Answer<T>> {
		const name = nameOf(asked);
		const key = `${type} ${name}`;
		// The key holds the type, and the type decides what its records are.
		const known = this.#asked.get(key) as Promise<Answer<T>> | undefined;
		if (known !== undefined) return known;
		const answer = this.#answer(type, name, question, write);
		this.#asked.set(key, answer);
		return answer;
	}

	async #answer<T>(
		type: LookupType,
		name: string,
		question: () => Promise<readonly T[]>,
		write: (record: T) => string,
	): Promise<Answer<T>> {
		const since = this.#now();
		const { records, errno } = await settled(question);
		const at = this.#now();
		const lookup = {
			...{ name, type, at, ms: Math.max(0, elapsedMs(since, at)), errno },
			outcome: errno === undefined ? 'answered' : (OUTCOMES[errno] ?? 'servfail'),
			data: records.map(write),
		} as const;
		this.#lookups.push(lookup);
		return { lookup, records };
	}
}

/** What node:dns calls it → what it was; nobody was there to ask is no answer either. */
const OUTCOMES: Readonly<Record<string, DnsEvent['outcome']>> = {
	ENOTFOUND: 'nxdomain',
	ENODATA: 'empty',
	EREFUSED: 'refused',
	ETIMEOUT: 'unanswered',
	ECONNREFUSED: 'unanswered',
};

async function settled<T>(
	question: () => Promise<readonly T[]>,
): Promise<{ readonly records: readonly T[]; readonly errno: string | undefined }> {
	try {
		const records = (await question()).slice(0, MAX_RECORDS);
		return { records, errno: records.length === 0 ? 'ENODATA' : undefined };
	} catch (error) {
		return { records: [], errno: errnoOf(error) };
	}
}

/** As the trace writes names; the root is `.`. */
export function nameOf(name: string): string {
	const bare = name
		.toLowerCase()
		.replaceAll(/\s/g, '_')
		.replace(/(?<=.)\.$/, '');
	return bare === '' ? '.' : bare;
}

/** `data` is words with blanks between them: an empty one is written as two quotes, and none holds a blank. */
function wordOf(text: string): string {
	return text === '' ? '""' : text.replaceAll(/\s/g, '_');
}
