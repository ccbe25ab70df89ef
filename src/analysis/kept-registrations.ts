/*
 * The registrations of an analysis, up to a limit: beyond it those without a cause go first, and what is left out is
 * counted by outcome and cause.
 */
import { detached } from '../bytes/detached.js';
import type { Severity } from '../diagnosis/finding.js';
import type { Outcome } from '../registration/registration.js';
import type { DiagnosedRegistration, OmittedRegistrations, Whereabouts } from './analysis.js';
import { whereaboutsOf } from './whereabouts.js';

/** Addresses-of-record that were left out while the source was read, and may come again. */
const MAX_LEFT_OUT = 1_000_000;

/** Kinds of registrations that are counted apart; the others by outcome and cause alone. */
const MAX_TALLIES = 20_000;

interface Tally {
	readonly outcome: Outcome;
	readonly cause: { readonly id: string; readonly severity: Severity } | undefined;
	readonly whereabouts?: Whereabouts;
	count: number;
}

export class KeptRegistrations {
	readonly #limit: number;
	readonly #failed: DiagnosedRegistration[] = [];
	readonly #others: DiagnosedRegistration[] = [];
	readonly #tallies = new Map<string, Tally>();
	/** What was counted for an address-of-record, so that it is not counted twice when it comes again. */
	readonly #leftOut = new Map<string, Tally[]>();

	constructor(limit: number) {
		this.#limit = limit;
	}

	/** Adds one that was read to the end of the source. */
	add(registration: DiagnosedRegistration): void {
		if (registration.aor !== undefined) this.#comesAgain(registration.aor);
		const isFailed = registration.cause !== undefined;
		(isFailed ? this.#failed : this.#others).push(registration);
		if (this.#failed.length + this.#others.length <= this.#limit) return;
		const omitted = this.#others.pop() ?? this.#failed.pop();
		if (omitted !== undefined) this.#count(omitted);
	}

	/** Counts those that had to make room, of all devices of each; the last word is that of those that come later. */
	leaveOut(registrations: readonly DiagnosedRegistration[]): void {
		for (const { aor } of registrations) if (aor !== undefined) this.#comesAgain(aor);
		for (const registration of registrations) {
			const tally = this.#count(registration);
			const { aor } = registration;
			const before = aor === undefined ? undefined : this.#leftOut.get(aor);
			if (before !== undefined) before.push(tally);
			else if (aor !== undefined && this.#leftOut.size < MAX_LEFT_OUT)
				this.#leftOut.set(detached(aor), [tally]);
		}
	}

	/** In order of their first REGISTER. */
	list(): readonly DiagnosedRegistration[] {
		return [...this.#failed, ...this.#others].toSorted((a, b) => startOf(a) - startOf(b));
	}

	omitted(): readonly OmittedRegistrations[] {
		return [...this.#tallies.values()]
			.filter(({ count }) => count > 0)
			.map((tally) => ({ ...tally }));
	}

	#comesAgain(aor: string): void {
		const tallies = this.#leftOut.get(aor);
		if (tallies === undefined) return;
		for (const tally of tallies) tally.count -= 1;
		this.#leftOut.delete(aor);
	}

	#count(registration: DiagnosedRegistration): Tally {
		const { outcome, cause } = registration;
		const { userAgent, network, server } = whereaboutsOf(registration);
		const end = `${outcome}|${cause?.id ?? ''}|${cause?.severity ?? ''}`;
		const key = [end, network ?? '', server ?? '', userAgent ?? ''].join('\n');
		const tally =
			this.#tallies.get(key) ?? this.#tallies.get(end) ?? this.#newTally(registration, key, end);
		tally.count += 1;
		return tally;
	}

	#newTally(registration: DiagnosedRegistration, key: string, end: string): Tally {
		const { outcome, cause } = registration;
		const tally = { outcome, cause: cause && { id: cause.id, severity: cause.severity }, count: 0 };
		if (this.#tallies.size >= MAX_TALLIES) {
			this.#tallies.set(end, tally);
			return tally;
		}
		const { userAgent, network, server } = whereaboutsOf(registration);
		const own = {
			...tally,
			whereabouts: { userAgent: userAgent && detached(userAgent), network, server },
		};
		this.#tallies.set(detached(key), own);
		return own;
	}
}

/** Those of which no REGISTER was read come last, as they were found. */
function startOf({ messages, aor }: DiagnosedRegistration): number {
	return aor === undefined ? Infinity : (messages[0]?.observed.at ?? 0);
}
