/** What the pipeline gives and every report is written from. */
import type { CannotTell, Finding } from '../diagnosis/finding.js';
import type { Outcome, Registration } from '../registration/registration.js';
import type { ScannerTraffic } from '../registration/scanner.js';
import type { Vantage } from '../registration/vantage.js';
import type { SipRequest } from '../sip/message.js';
import type { Observed } from '../trace/observed.js';
import type { SourceFacts } from '../trace/source-facts.js';
import type { Comparison } from './compare-incidents.js';

export interface AnalysedSource extends SourceFacts {
	/** How far its clock is ahead of that of the first capture of its incident. */
	readonly clockOffsetMs: number;
	/** What it is to the captures before it, in words; undefined for the first one. */
	readonly relation?: string | undefined;
	readonly vantage: Vantage;
	readonly vantageReason: string;
}

export const STEP_STATES = ['ok', 'warning', 'failed', 'skipped', 'cannot-tell'] as const;

/** One line of a probe's checklist. */
export interface Step {
	readonly id: string;
	readonly state: (typeof STEP_STATES)[number];
	readonly ms: number | undefined;
	readonly text: string;
}

export interface DiagnosedRegistration extends Registration {
	/** The one finding that explains the outcome. */
	readonly cause: Finding | undefined;
	/** Everything else that fired. */
	readonly findings: readonly Finding[];
	readonly cannotTell: readonly CannotTell[];
	/** The credentials of each REGISTER against the accounts given; only those that could be checked. */
	readonly digestChecks: ReadonlyMap<Observed<SipRequest>, 'verifies' | 'does-not-verify'>;
	readonly steps: readonly Step[];
}

/** By what failures are counted: is it the phones, their site, or the server? */
export interface Whereabouts {
	readonly userAgent: string | undefined;
	/** The client's network, `198.51.100.0/24`. */
	readonly network: string | undefined;
	/** Address and port that was asked. */
	readonly server: string | undefined;
}

/** Registrations that ended alike. */
export interface OmittedRegistrations {
	readonly outcome: Outcome;
	readonly cause: Pick<Finding, 'id' | 'severity'> | undefined;
	readonly count: number;
	/** Absent where more kinds were left out than are told apart. */
	readonly whereabouts?: Whereabouts;
}

/** What a probe tried out beside its REGISTER, and what came of it. */
export interface TriedExperiment {
	/** `sources[].name` of the probe. */
	readonly source: string;
	/** `alg`, `stun`, `nat-timeout` … */
	readonly id: string;
	/** `no-alg`, `alg-proven`, `measured`, `cannot-tell` … */
	readonly verdict: string;
	readonly text: string;
	readonly columns: readonly string[];
	/** As many cells as columns each. */
	readonly rows: readonly (readonly string[])[];
}

export interface Analysis {
	readonly sources: readonly AnalysedSource[];
	readonly registrations: readonly DiagnosedRegistration[];
	/** Those of the whole capture. */
	readonly findings: readonly Finding[];
	/** A probe's; absent elsewhere. */
	readonly experiments?: readonly TriedExperiment[];
	/** Who tried names and passwords; none of it is among the registrations. */
	readonly scanners: ScannerTraffic;
	/** Registrations beyond the limit, counted and not kept. */
	readonly omitted: readonly OmittedRegistrations[];
	/** Separate incidents of one address-of-record, side by side. */
	readonly comparisons?: readonly Comparison[];
	/** First send to final response of every REGISTER transaction, milliseconds, ascending. */
	readonly responseTimesMs: readonly number[];
}
