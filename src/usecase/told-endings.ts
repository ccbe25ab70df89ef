/**
 * Which ends of attempts were told, so that each is told once: a refresh is another one, and so is the same end for
 * which another cause is known by now, as with a connection that was closed later.
 */
import type { Registration } from '../registration/registration.js';

/** Several times as many as can be asked for at one time; those that were asked for longest ago are forgotten. */
const MAX_ENDINGS = 100_000;

type Diagnosed = Registration & { readonly cause?: { readonly id: string } | undefined };

export class ToldEndings {
	/** The cause that was told last of each. */
	readonly #told = new Map<string, string | undefined>();

	/** How many are remembered. */
	get size(): number {
		return this.#told.size;
	}

	/** True the first time for a registration that ended so, of this cause; false while it goes on. */
	isNew(registration: Diagnosed): boolean {
		const key = endingOf(registration);
		if (key === undefined) return false;
		const cause = registration.cause?.id;
		const wasTold = this.#told.has(key) && this.#told.get(key) === cause;
		this.#told.delete(key);
		this.#told.set(key, cause);
		if (this.#told.size > MAX_ENDINGS) this.#forgetOldest();
		return !wasTold;
	}

	#forgetOldest(): void {
		for (const oldest of this.#told.keys()) {
			this.#told.delete(oldest);
			return;
		}
	}
}

function endingOf({ decisive, callIds, aor, target }: Registration): string | undefined {
	if (decisive === undefined || decisive.outcome === 'open') return undefined;
	const { transactions, failures, outcome } = decisive;
	// Its number is no name of it: a phone that made room for others begins anew.
	const startedAt = transactions[0]?.phone.request.at ?? failures[0]?.at;
	return [aor, callIds[0], target.host, target.port, startedAt, outcome].join('|');
}
