/*
 * A rule: one file, one id, one pure question about one attempt. No rule knows another; `choose-cause.ts` orders them.
 */
import type { AcceptedCredentials } from '../registration/accepted-credentials.js';
import type { AuthenticationStep } from '../registration/authentication.js';
import type { DigestCheck } from '../registration/digest-check.js';
import type { DigestSearch } from '../registration/digest-search.js';
import type { Place } from '../registration/place.js';
import type { Attempt, Registration } from '../registration/registration.js';
import type { ScannerTraffic } from '../registration/scanner.js';
import type { SharedAddress } from '../registration/shared-address.js';
import type { SourceIndex } from '../registration/source-index.js';
import type { VantageGuess } from '../registration/vantage.js';
import type { SipRequest } from '../sip/message.js';
import type { Instant } from '../time/instant.js';
import type { Observed } from '../trace/observed.js';
import type { Confidence, Evidence, Finding, Fix, Severity } from './finding.js';

/** What a rule may look at. */
export interface Subject {
	readonly registration: Registration;
	readonly attempt: Attempt;
	/** The attempt's transactions with their challenges and credentials, in order. */
	readonly steps: readonly AuthenticationStep[];
	/** Where the capture was taken that shows the phone's leg. */
	readonly vantage: VantageGuess;
	/** Where several captures of the incident were taken, those nearer to the phone first; empty for a single one. */
	readonly places: readonly Place[];
	/** A probe tests the credentials it was given: that they verify proves nothing (diagnoses, In a probe). */
	readonly isProbe: boolean;
	/** The credentials of a step against the accounts given. */
	readonly digestCheck: (step: AuthenticationStep) => DigestCheck;
	/**
	 * What must have been hashed for the refused credentials of this attempt to verify with an account; computed once, when
	 * a rule first asks. Never searched in a probe, which computes the response itself.
	 */
	readonly digestSearch: () => DigestSearch;
	/** Credentials that were accepted anywhere in the source; put together when a rule first asks. */
	readonly accepted: () => AcceptedCredentials;
	/** Time of the last packet of the source: silence after it says nothing. */
	readonly observedUntil: Instant;
	/** Servers that answered SIP without TLS over TCP in this source, `203.0.113.5:5060`. */
	readonly plainServers: ReadonlySet<string>;
	/** Requests other than REGISTER that were sent to user, address and port of one of this registration's Contacts. */
	readonly requestsToContact: readonly Observed<SipRequest>[];
	/** Its neighbours in the source, and what went past the REGISTERs. */
	readonly index: SourceIndex;
}

export type Verdict =
	| {
			readonly kind: 'fires';
			readonly confidence: Confidence;
			/** Where it is worse than the rule's own: `fatal` where nothing registers because of it. */
			readonly severity?: Severity;
			/** One sentence that names the values. */
			readonly summary: string;
			readonly evidence: readonly [Evidence, ...Evidence[]];
			/** Where the values allow a more exact advice than the rule's own. */
			readonly fix?: readonly Fix[];
	  }
	| { readonly kind: 'silent' }
	| { readonly kind: 'cannot-tell'; readonly because: string; readonly decidedBy: string };

/** What every rule says of itself. */
export interface RuleText {
	/** Kebab-case noun of the failing state; permanent once released. */
	readonly id: string;
	readonly severity: Severity;
	/** A sentence about the attempt that is true where the rule fires. */
	readonly title: string;
	/** `RFC 3261 §22.2`. */
	readonly references: readonly string[];
	readonly explanation: {
		readonly means: string;
		readonly causes: readonly string[];
		readonly confirm: string;
		/** What resembles it and is innocent, or is another cause. */
		readonly lookAlikes: readonly string[];
	};
	readonly fix: readonly Fix[];
}

export interface Rule extends RuleText {
	/** Also asked of an attempt that the registrar accepted, where it is `degraded` at most. */
	readonly alsoWhereAccepted?: true;
	readonly check: (subject: Subject) => Verdict;
}

/** A rule about a capture as a whole, whose finding belongs to no registration. */
export interface CaptureRule extends RuleText {
	readonly checkCapture: (capture: CaptureSubject) => Verdict;
}

/** What such a rule may look at. */
export interface CaptureSubject {
	readonly scanners: ScannerTraffic;
	/** With what was found of each. */
	readonly registrations: readonly ProbedOutcome[];
	/** Public addresses with many phones behind them. */
	readonly sharedAddresses: readonly SharedAddress[];
}

/** What a registration came to, and what it was to be where a probe made it. */
export type ProbedOutcome = Pick<
	Registration,
	'outcome' | 'finalStatus' | 'target' | 'path' | 'probe'
> & { readonly cause: Finding | undefined };

export const SILENT: Verdict = { kind: 'silent' };

export function defineRule(rule: Rule): Rule {
	return rule;
}

export function defineCaptureRule(rule: CaptureRule): CaptureRule {
	return rule;
}
