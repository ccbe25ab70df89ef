/* A suite as it was read: what to try, and what has to come of it. */

import type { TriedExperiment } from '../../analysis/analysis.js';
import type { DigestSecret } from '../../digest/digest.js';
import type { Transport } from '../../net/transport.js';
import type { RegisteringOptions } from '../../probe/registering-options.js';
import type { ProbeTransportName } from '../../probe/transport.js';
import type { SeenRegistration } from '../../report/check-document.js';
import type { ReachOptions } from '../probe-reach.js';

/** How to reach and register; `SuiteEntry` says whom. Names as `sipdoctor probe` has them. */
export interface EntryOptions {
	/** `HOST[:PORT]` to send to instead of the domain. */
	readonly server: string | undefined;
	/** None: what the probe takes by itself. Of an entry that is run, one at most. */
	readonly transports: readonly ProbeTransportName[];
	/** Digest algorithm to answer with. */
	readonly algorithm: string | undefined;
	/** Seconds to ask for. */
	readonly expires: number | undefined;
	/** Patience for each answer, milliseconds. */
	readonly timeoutMs: number | undefined;
	readonly beside: boolean;
	/** Header fields to add. */
	readonly headers: RegisteringOptions['headers'];
	/** Undefined: sipdoctor's own. */
	readonly userAgent: string | undefined;
	/** Name server, `SERVER[:PORT]`. */
	readonly dns: string | undefined;
	/** PEM texts: the authorities to trust, and the client's certificate with its key. */
	readonly tls: ReachOptions['tls'];
	readonly tlsInsecure: boolean;
	readonly wsPath: string | undefined;
	/** Runs the ALG experiments once the binding is removed; never two at one time. */
	readonly alg: boolean;
}

export interface SuiteEntry {
	readonly kind: 'account' | 'endpoint';
	readonly name: string;
	/** As written, `1001@example.com`. */
	readonly aor: string;
	/** Canonical: two entries of one address-of-record never run at once. */
	readonly canonicalAor: string;
	readonly authUser: string | undefined;
	readonly secret: DigestSecret | undefined;
	readonly options: EntryOptions;
	readonly registering: RegisteringOptions;
	readonly expectations: readonly Expectation[];
	/** Where it begins, from 1. */
	readonly line: number;
}

/** What an expectation comes to; `cannot-tell` is no pass. */
export interface Judgement {
	readonly state: 'held' | 'failed' | 'cannot-tell';
	readonly text: string;
}

export interface Expectation {
	readonly key: string;
	readonly line: number;
	readonly judge: (seen: Seen) => Judgement;
}

/** What the expectations are held against. */
export interface Seen extends SeenRegistration {
	/** Whole days until the first certificate of the server's chain expires; undefined where none was seen. */
	readonly tlsDaysLeft: number | undefined;
	/** What the ALG experiments came to; undefined where they were not asked for. */
	readonly alg: Pick<TriedExperiment, 'verdict' | 'text'> | undefined;
	/** Present where another server than the first gave the outcome: over what it was asked. */
	readonly wentOver?: Transport | undefined;
}

export interface Suite {
	readonly file: string;
	readonly entries: readonly SuiteEntry[];
	readonly parallel: number;
	readonly startsPerSecond: number;
	/** After so many refused accounts that were to register, the rest is left alone: a ban would hit everybody here. */
	readonly maxRefused: number;
}
