/*
 * What `sipdoctor check` found: for the reports to print, and as the JSON document (schemas/check.schema.json), a
 * contract to which fields are only ever added. Absence is null there, times are RFC 3339 UTC.
 */
import type { Actor, Severity } from '../diagnosis/finding.js';
import type { Transport } from '../net/transport.js';
import type { Outcome } from '../registration/registration.js';
import type { Instant } from '../time/instant.js';

export type EntryVerdict =
	/** Every expectation holds. */
	| 'held'
	/** At least one does not, or cannot be told from here. */
	| 'failed'
	/** It could not be tried: interrupted, no network, or left out to avoid a ban. */
	| 'not-run'
	/** A fault of sipdoctor. */
	| 'crashed';

export interface CheckedExpectation {
	/** As in the suite, `registered-within`. */
	readonly key: string;
	readonly state: 'held' | 'failed' | 'cannot-tell';
	/** One sentence that names the values. */
	readonly text: string;
	/** Line of the suite where it is said, or that of the entry where it is implied. */
	readonly line: number;
}

export interface CheckedCause {
	readonly id: string;
	readonly severity: Severity;
	readonly title: string;
	readonly summary: string;
	readonly fix: readonly { readonly who: Actor; readonly what: string }[];
}

/** What was seen of one account or endpoint. */
export interface SeenRegistration {
	readonly target: { readonly host: string; readonly port: number; readonly transport: Transport };
	readonly outcome: Outcome;
	readonly finalStatus: number | undefined;
	readonly grantedExpires: number | undefined;
	readonly cause: CheckedCause | undefined;
	/** Ids of what else was found. */
	readonly findings: readonly string[];
	/** From the first question to the DNS to the 200 that registers, milliseconds. */
	readonly registeredMs: number | undefined;
	/** First send to final response of the first REGISTER, milliseconds. */
	readonly answeredMs: number | undefined;
}

export interface CheckedEntry {
	readonly name: string;
	readonly kind: 'account' | 'endpoint';
	readonly aor: string;
	/** Line of the suite where the entry begins. */
	readonly line: number;
	readonly verdict: EntryVerdict;
	/** Why it was not run, or how it crashed. */
	readonly because: string | undefined;
	readonly seen: SeenRegistration | undefined;
	readonly expectations: readonly CheckedExpectation[];
	/** How long the whole entry took, binding removed, milliseconds. */
	readonly ms: number;
}

export interface CheckedSuite {
	/** As it was given on the command line. */
	readonly file: string;
	readonly startedAt: Instant;
	readonly ms: number;
	readonly interrupted: boolean;
	/** In the order of the suite. */
	readonly entries: readonly CheckedEntry[];
}

/** How many entries ended how. */
export function verdictCounts(
	entries: readonly CheckedEntry[],
): Readonly<Record<EntryVerdict, number>> {
	const counts = { held: 0, failed: 0, 'not-run': 0, crashed: 0 };
	for (const { verdict } of entries) counts[verdict] += 1;
	return counts;
}

/** The expectations that do not hold, in words; why it was not run, where it was not. */
export function complaints(entry: CheckedEntry): readonly string[] {
	if (entry.because !== undefined) return [entry.because];
	return entry.expectations
		.filter(({ state }) => state !== 'held')
		.map(({ key, text }) => `${key}: ${text}`);
}

export interface CheckDocument {
	readonly schemaVersion: 1;
	readonly tool: { readonly name: string; readonly version: string };
	readonly suite: string;
	readonly startedAt: string;
	readonly ms: number;
	readonly interrupted: boolean;
	readonly summary: {
		readonly entries: number;
		readonly held: number;
		readonly failed: number;
		readonly notRun: number;
		readonly crashed: number;
	};
	readonly entries: readonly CheckDocumentEntry[];
}

export interface CheckDocumentEntry {
	readonly name: string;
	readonly kind: CheckedEntry['kind'];
	readonly aor: string;
	readonly line: number;
	readonly verdict: EntryVerdict;
	readonly because: string | null;
	readonly target: SeenRegistration['target'] | null;
	readonly outcome: Outcome | null;
	readonly finalStatus: number | null;
	readonly grantedExpires: number | null;
	readonly cause: CheckedCause | null;
	readonly findings: readonly string[];
	readonly registeredMs: number | null;
	readonly answeredMs: number | null;
	readonly ms: number;
	readonly expectations: readonly CheckedExpectation[];
}
