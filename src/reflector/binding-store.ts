/** The bindings of the practice registrar (RFC 3261 §10.3): bounded in all and for each address-of-record. */
import type { Instant } from '../time/instant.js';

const MAX_BINDINGS = 10_000;
const MAX_BINDINGS_EACH = 10;

export interface StoredBinding {
	/** The Contact value without `expires`, as the phone wrote it. */
	readonly contact: string;
	/** By which it is known again. */
	readonly uri: string;
	readonly until: Instant;
}

export class BindingStore {
	readonly #byAor = new Map<string, readonly StoredBinding[]>();
	#count = 0;

	get count(): number {
		return this.#count;
	}

	/** What is bound now. */
	list(aor: string, now: Instant): readonly StoredBinding[] {
		const stored = this.#byAor.get(aor) ?? [];
		const alive = stored.filter(({ until }) => until > now);
		if (alive.length < stored.length) this.#put(aor, alive);
		return alive;
	}

	/** Adds or renews; false where there is no room. */
	bind(aor: string, binding: StoredBinding, now: Instant): boolean {
		const others = this.list(aor, now).filter(({ uri }) => uri !== binding.uri);
		if (others.length >= MAX_BINDINGS_EACH) return false;
		if (this.#count >= MAX_BINDINGS) this.#sweep(now);
		if (this.#count >= MAX_BINDINGS) return false;
		this.#put(aor, [...others, binding]);
		return true;
	}

	remove(aor: string, uri: string, now: Instant): void {
		this.#put(
			aor,
			this.list(aor, now).filter((binding) => binding.uri !== uri),
		);
	}

	removeAll(aor: string): void {
		this.#put(aor, []);
	}

	#put(aor: string, bindings: readonly StoredBinding[]): void {
		this.#count += bindings.length - (this.#byAor.get(aor)?.length ?? 0);
		if (bindings.length === 0) this.#byAor.delete(aor);
		else this.#byAor.set(aor, bindings);
	}

	#sweep(now: Instant): void {
		for (const aor of [...this.#byAor.keys()]) this.list(aor, now);
	}
}
