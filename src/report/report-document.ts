/*
 * The JSON report: a contract (schemas/report.schema.json). Fields are only ever added. Absence is null, times are
 * RFC 3339 UTC of the source's own clock, endpoints `ip:port`.
 */
import type { Step } from '../analysis/analysis.js';
import type { ComparedRow } from '../analysis/compare-incidents.js';
import type { Actor, Confidence, Severity } from '../diagnosis/finding.js';
import type { Transport } from '../net/transport.js';
import type { Outcome } from '../registration/registration.js';
import type { ScannerKind } from '../registration/scanner.js';
import type { Vantage } from '../registration/vantage.js';
import type { OpenReason } from './open-reason.js';

export interface ReportDocument {
	readonly schemaVersion: 1;
	readonly tool: { readonly name: string; readonly version: string };
	readonly sources: readonly ReportSource[];
	readonly summary: ReportSummary;
	readonly registrations: readonly ReportRegistration[];
	/** Those of the whole capture. */
	readonly findings: readonly ReportFinding[];
	/** Who tried names and passwords; none of it is among the registrations. */
	readonly scanners: ReportScanners;
	/** What a probe tried out; empty elsewhere. */
	readonly experiments: readonly ReportExperiment[];
	/** Separate incidents of one address-of-record, side by side. */
	readonly comparisons: readonly ReportComparison[];
}

/** One experiment as a table, every row with as many cells as there are columns. */
export interface ReportExperiment {
	/** The probe, by its name among the sources. */
	readonly source: string;
	readonly id: string;
	readonly verdict: string;
	readonly text: string;
	readonly columns: readonly string[];
	readonly rows: readonly (readonly string[])[];
}

export interface ReportComparison {
	readonly aor: string;
	/** The names of the sources of each column. */
	readonly columns: readonly (readonly string[])[];
	readonly rows: readonly {
		readonly id: ComparedRow['id'];
		/** One a column. */
		readonly values: readonly (string | null)[];
		readonly differs: boolean;
	}[];
	readonly says: string;
}

export interface ReportScanners {
	readonly sources: readonly ReportScanner[];
	/** Those that are not listed one by one. */
	readonly others: {
		readonly sources: number;
		readonly registers: number;
		readonly requests: number;
	};
}

export interface ReportScanner {
	readonly address: string;
	readonly userAgent: string | null;
	readonly kind: ScannerKind;
	readonly because: string;
	readonly server: string;
	readonly registers: number;
	readonly addressesOfRecord: number;
	/** There were more, which were not counted. */
	readonly atLeast: boolean;
	readonly names: readonly string[];
	readonly withCredentials: number;
	readonly byStatus: Readonly<Record<string, number>>;
	/** Method → how many requests of it, other than REGISTER. */
	readonly otherRequests: Readonly<Record<string, number>>;
	readonly source: string;
	readonly firstFrame: number;
	readonly firstAt: string;
	readonly lastFrame: number;
	readonly lastAt: string;
	readonly acceptedFrame: number | null;
	readonly acceptedName: string | null;
}

export interface ReportSource {
	readonly kind: 'capture' | 'probe';
	readonly name: string;
	readonly format: string;
	readonly linkTypes: readonly string[];
	readonly packets: number;
	readonly bytes: number;
	readonly sipMessages: number;
	readonly registerRequests: number;
	readonly firstPacketAt: string | null;
	readonly lastPacketAt: string | null;
	readonly clockOffsetMs: number;
	/** What it is to the other captures, in words; null for the first, or the only one. */
	readonly relation: string | null;
	readonly vantage: Vantage;
	readonly vantageReason: string;
	readonly truncated: boolean;
	readonly oddities: readonly ReportOddity[];
}

export interface ReportOddity {
	readonly kind: string;
	readonly layer: string;
	readonly count: number;
	readonly firstFrame: number;
	readonly text: string;
}

export interface ReportSummary {
	readonly registrations: number;
	readonly byOutcome: Readonly<Partial<Record<Outcome, number>>>;
	readonly byCause: Readonly<Record<string, number>>;
	readonly successRatio: number | null;
	readonly responseTimeMs: { readonly median: number | null; readonly p95: number | null };
	readonly omitted: number;
	readonly failures: {
		readonly byUserAgent: readonly ReportFailureGroup[];
		readonly byNetwork: readonly ReportFailureGroup[];
		readonly byServer: readonly ReportFailureGroup[];
	};
}

export interface ReportFailureGroup {
	readonly name: string | null;
	readonly registrations: number;
	readonly failed: number;
	readonly byCause: Readonly<Record<string, number>>;
}

export interface ReportRegistration {
	readonly aor: string | null;
	readonly target: {
		readonly host: string;
		readonly port: number;
		readonly transport: Transport;
	};
	/** Where another server than the first gave the outcome (RFC 3263 §4.3). */
	readonly failover: { readonly from: ReportAsked; readonly to: ReportAsked } | null;
	readonly userAgent: string | null;
	readonly instanceId: string | null;
	readonly callIds: readonly string[];
	readonly outcome: Outcome;
	/** null where the outcome is known. */
	readonly openBecause: OpenReason | null;
	readonly finalStatus: number | null;
	readonly grantedExpires: number | null;
	readonly path: readonly ReportLeg[];
	/** Each proxy or SBC that passed the REGISTER on, in the order of the way. */
	readonly passedOn: readonly ReportPassage[];
	readonly attempts: number;
	readonly cause: ReportFinding | null;
	readonly findings: readonly ReportFinding[];
	readonly cannotTell: readonly ReportCannotTell[];
	readonly steps: readonly ReportStep[];
	readonly messages: readonly ReportMessage[];
}

export interface ReportAsked {
	readonly server: string;
	readonly transport: Transport;
}

export interface ReportLeg {
	readonly client: string;
	readonly server: string;
	readonly transport: Transport;
	readonly source: string;
}

export interface ReportPassage {
	/** Where the REGISTER came to. */
	readonly by: string;
	/** Where it was sent on to, and over what. */
	readonly to: string;
	readonly transport: Transport;
	/** In words; empty where it was passed on as it came. */
	readonly changes: readonly string[];
}

export interface ReportFinding {
	readonly id: string;
	readonly severity: Severity;
	readonly confidence: Confidence;
	/** From 1; 0 for the whole capture. */
	readonly attempt: number;
	readonly mended: boolean;
	readonly title: string;
	readonly summary: string;
	readonly evidence: readonly ReportEvidence[];
	readonly fix: readonly { readonly who: Actor; readonly what: string }[];
}

export interface ReportEvidence {
	readonly source: string;
	/** 0 where no frame exists. */
	readonly frame: number;
	readonly at: string;
	readonly field: string;
	readonly text: string;
}

export interface ReportCannotTell {
	readonly id: string;
	readonly because: string;
	readonly decidedBy: string;
}

export interface ReportStep {
	readonly id: string;
	readonly state: Step['state'];
	readonly ms: number | null;
	readonly text: string;
}

export interface ReportMessage {
	readonly source: string;
	readonly frame: number;
	readonly frames: readonly number[];
	readonly at: string;
	readonly from: string;
	readonly to: string;
	readonly transport: Transport;
	readonly summary: string;
	readonly retransmission: boolean;
}
