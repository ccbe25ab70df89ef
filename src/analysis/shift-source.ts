/*
 * A capture on another capture's clock and back: what is compared must be in one time, and what is told in the source's
 * own.
 */
import type { Evidence, Finding } from '../diagnosis/finding.js';
import type { Attempt } from '../registration/registration.js';
import type { Instant } from '../time/instant.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import type { DiagnosedRegistration } from './analysis.js';
import { mapHops } from './map-hops.js';
import type { ReadSource } from './read-source.js';

/** Remembers what was moved. */
export class SharedClock {
	readonly #originals = new WeakMap<object, object>();
	/** By source; microseconds that its clock is ahead. */
	readonly #offsets = new Map<string, number>();

	/** The source as if its clock had been right; `offset` in microseconds that it is ahead. */
	shifted(source: ReadSource, offset: number): ReadSource {
		if (offset === 0) return source;
		const { facts } = source;
		this.#offsets.set(facts.name, offset);
		const moved = <T extends { readonly at: Instant }>(seen: T): T =>
			this.#remember(seen, { ...seen, at: seen.at - offset });
		const time = (at: Instant | undefined) => (at === undefined ? undefined : at - offset);
		return {
			...source,
			facts: {
				...facts,
				firstPacketAt: time(facts.firstPacketAt),
				lastPacketAt: time(facts.lastPacketAt),
			},
			transactions: source.transactions.map((transaction) =>
				mapHops(transaction, (hop) => this.#hop(hop, moved)),
			),
			otherRequests: source.otherRequests.map(moved),
			neighbours: source.neighbours.map(moved),
			failures: source.failures.map(moved),
			lookups: source.lookups.map(moved),
			orphanResponses: source.orphanResponses.map(moved),
			stun: source.stun.map(moved),
			refused: source.refused.map(moved),
			notCaptured: source.notCaptured.map(moved),
			probes: source.probes.map(moved),
			otherAnswers: source.otherAnswers.map(moved),
			keepAlives: source.keepAlives.map((each) => ({
				...moved(each),
				lastAt: each.lastAt - offset,
				answer: each.answer && { ...each.answer, at: each.answer.at - offset },
			})),
		};
	}

	/** The registration with every time as its source told it. */
	restored(registration: DiagnosedRegistration): DiagnosedRegistration {
		if (this.#offsets.size === 0) return registration;
		const attempts = registration.attempts.map((attempt) => this.#attempt(attempt));
		const { decisive } = registration;
		const decided = decisive === undefined ? -1 : registration.attempts.indexOf(decisive);
		return {
			...registration,
			attempts,
			decisive: attempts[decided] ?? decisive,
			messages: registration.messages.map((each) => ({
				...each,
				observed: this.#original(each.observed),
			})),
			lookups: registration.lookups.map((each) => this.#original(each)),
			probe: registration.probe && this.#original(registration.probe),
			digestChecks: new Map(
				[...registration.digestChecks].map(([seen, check]) => [this.#original(seen), check]),
			),
			cause: registration.cause && this.#finding(registration.cause),
			findings: registration.findings.map((finding) => this.#finding(finding)),
		};
	}

	#remember<T extends object>(original: T, moved: T): T {
		this.#originals.set(moved, original);
		return moved;
	}

	#original<T extends object>(moved: T): T {
		// What was remembered for a value is a value of its own type.
		return (this.#originals.get(moved) as T | undefined) ?? moved;
	}

	#hop(
		hop: ClientTransaction,
		moved: <T extends { readonly at: Instant }>(seen: T) => T,
	): ClientTransaction {
		const sends = hop.sends.map(moved);
		const responses = hop.responses.map(moved);
		return this.#remember(hop, {
			...hop,
			sends,
			request: sends[0] ?? moved(hop.request),
			responses,
			final: responses.find(({ message }) => message.statusCode >= 200),
			unreachable: hop.unreachable.map(moved),
		});
	}

	#attempt(attempt: Attempt): Attempt {
		return {
			...attempt,
			transactions: attempt.transactions.map((transaction) =>
				mapHops(transaction, (hop) => this.#original(hop)),
			),
			failures: attempt.failures.map((event) => this.#original(event)),
		};
	}

	#finding(finding: Finding): Finding {
		const [first, ...others] = finding.evidence;
		return {
			...finding,
			evidence: [this.#evidence(first), ...others.map((each) => this.#evidence(each))],
		};
	}

	#evidence(evidence: Evidence): Evidence {
		return { ...evidence, at: evidence.at + (this.#offsets.get(evidence.source) ?? 0) };
	}
}
