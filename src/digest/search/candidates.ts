/** One side of a response under every combination of its forms, with what is computed of each kept for the next look. */
import type { Alteration, Form } from './alteration.js';
import { combinations } from './combinations.js';
import type { SearchHash } from './search-hash.js';

/** Some changes, and what the inputs give with them. */
export interface Candidate<Computed> {
	readonly alterations: readonly Alteration[];
	readonly computed: Computed;
}

/** A search goes through a few thousand; what would be more is computed anew each time. */
const MOST_KEPT = 16_384;

export class Candidates<Inputs, Computed> {
	readonly families: readonly (readonly Form<Inputs>[])[];
	readonly #written: Inputs;
	readonly #compute: (inputs: Inputs, hash: SearchHash) => Computed;
	readonly #kept = new Map<string, Iterable<Candidate<Computed>>>();

	constructor(
		written: Inputs,
		families: readonly (readonly Form<Inputs>[])[],
		compute: (inputs: Inputs, hash: SearchHash) => Computed,
	) {
		this.families = families;
		this.#written = written;
		this.#compute = compute;
	}

	/** Those of exactly so many changes, in the order of the families; of several as far as they are asked for. */
	of(hash: SearchHash, changes: number, usual: boolean): Iterable<Candidate<Computed>> {
		const key = `${hash.name} ${changes} ${usual}`;
		const known = this.#kept.get(key);
		if (known !== undefined) return known;
		const families = usual ? usualOf(this.families) : this.families;
		if (changes > 1 && countOf(families, changes) > MOST_KEPT)
			return this.#all(hash, changes, families);
		const kept =
			changes === 1 ? this.#single(hash, families) : new Kept(this.#all(hash, changes, families));
		this.#kept.set(key, kept);
		return kept;
	}

	/** Most searches try these alone, and all of them: without a generator that is half the work. */
	#single(
		hash: SearchHash,
		families: readonly (readonly Form<Inputs>[])[],
	): readonly Candidate<Computed>[] {
		const candidates: Candidate<Computed>[] = [];
		for (const family of families) {
			for (const form of family) {
				const computed = this.#compute(form.change(this.#written), hash);
				candidates.push({ alterations: [form], computed });
			}
		}
		return candidates;
	}

	*#all(
		hash: SearchHash,
		changes: number,
		families: readonly (readonly Form<Inputs>[])[],
	): Generator<Candidate<Computed>> {
		for (const { inputs, forms } of combinations(this.#written, families, changes))
			yield { alterations: forms, computed: this.#compute(inputs, hash) };
	}
}

/** What an iterator gives, so that it can be gone through again; no more is made than was asked for. */
export class Kept<Item extends object> {
	readonly #source: Iterator<Item>;
	readonly #items: Item[] = [];

	constructor(source: Iterator<Item>) {
		this.#source = source;
	}

	*[Symbol.iterator](): Generator<Item> {
		for (let at = 0; ; at += 1) {
			let item = this.#items[at];
			if (item === undefined) {
				const next = this.#source.next();
				if (next.done === true) return;
				item = next.value;
				this.#items.push(item);
			}
			yield item;
		}
	}
}

function usualOf<Inputs>(families: readonly (readonly Form<Inputs>[])[]) {
	return families.map((family) => family.filter((form) => form.usual));
}

/** How many combinations there are. */
function countOf(families: readonly (readonly unknown[])[], changes: number): number {
	if (changes === 0) return 1;
	return families.reduce(
		(count, { length }, at) => count + length * countOf(families.slice(at + 1), changes - 1),
		0,
	);
}
