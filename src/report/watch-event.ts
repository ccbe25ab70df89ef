/*
 * What `sipdoctor watch` tells, one line each (schemas/watch.schema.json): a contract to which fields are only ever added.
 * Endpoints are `ip:port`; in JSON, absence is null and times are RFC 3339 UTC.
 */
import type { CannotTell } from '../diagnosis/finding.js';
import type { Outcome } from '../registration/registration.js';
import type { Instant } from '../time/instant.js';
import type { CheckedCause } from './check-document.js';

interface Registered {
	readonly at: Instant;
	/** Seconds granted. */
	readonly expires: number;
	/** First send to first final answer. */
	readonly ms: number | undefined;
	readonly refreshInMs: number;
	readonly local: string;
	readonly remote: string;
	readonly transport: string;
	/** Where the server saw it come from. */
	readonly mapped: string | undefined;
	/** What else is to be said of the REGISTER: that it was too large for UDP. */
	readonly note: string | undefined;
}

interface Failed {
	readonly at: Instant;
	/** When the attempt began that failed. */
	readonly since: Instant;
	/** The flow was lost between two attempts; no attempt failed. */
	readonly isFlow: boolean;
	/** One sentence. */
	readonly text: string;
	readonly outcome: Outcome | undefined;
	readonly status: number | undefined;
	readonly cause: CheckedCause | undefined;
	/** What this place cannot show, and what would decide it; never empty where there is no cause. */
	readonly cannotTell: readonly CannotTell[];
	/** Undefined where nothing more is tried. */
	readonly retryInMs: number | undefined;
}

export type WatchEvent =
	/** For the first time, or again; `gapMs`: for how long it was not. */
	| ({ readonly event: 'registered'; readonly gapMs: number | undefined } & Registered)
	| ({ readonly event: 'refreshed' } & Registered)
	/** It was registered, and is no more. */
	| ({ readonly event: 'lost' } & Failed)
	/** It was not registered, and still is not. */
	| ({ readonly event: 'failed' } & Failed)
	| {
			readonly event: 'mapping-changed';
			readonly at: Instant;
			readonly from: string;
			readonly to: string;
			/** Nothing had gone either way for so long before. */
			readonly silenceMs: number;
	  }
	| {
			readonly event: 'request-answered';
			readonly at: Instant;
			readonly method: string;
			readonly from: string;
	  }
	| { readonly event: 'keep-alive-answered'; readonly at: Instant; readonly ms: number }
	/** `isDead`: the server used to answer, so the flow is taken for lost. */
	| { readonly event: 'keep-alive-unanswered'; readonly at: Instant; readonly isDead: boolean }
	| {
			readonly event: 'gave-up';
			readonly at: Instant;
			readonly why: string;
			readonly text: string;
	  }
	| {
			readonly event: 'unregistered';
			readonly at: Instant;
			readonly isSure: boolean;
			readonly text: string;
	  }
	| ({ readonly event: 'summary' } & WatchSummary);

interface Quantiles {
	readonly median: number | undefined;
	readonly p95: number | undefined;
}

export interface WatchSummary {
	readonly at: Instant;
	readonly aor: string;
	readonly startedAt: Instant;
	readonly seconds: number;
	readonly isRegistered: boolean;
	/** Part of the time for which it was registered, from 0 to 1. */
	readonly uptime: number;
	/** REGISTERs that succeeded, refreshes included. */
	readonly registrations: number;
	/** Attempts that failed. */
	readonly failures: number;
	/** How often it was registered and then was not. */
	readonly losses: number;
	readonly longestGapMs: number;
	/** Losses and failures by the id of their cause; `unknown` where none was found. */
	readonly byCause: Readonly<Record<string, number>>;
	readonly responseTimeMs: Quantiles;
	readonly keepAliveMs: Quantiles & { readonly unanswered: number };
	readonly requestsAnswered: number;
	readonly mapped: string | undefined;
	readonly mappingChanges: number;
	/** Seconds for which the NAT keeps a mapping without traffic, as far as it showed. */
	readonly natLifetime: {
		readonly atLeast: number | undefined;
		readonly atMost: number | undefined;
	};
	readonly gaveUp: string | undefined;
}
