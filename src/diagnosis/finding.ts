/** What a rule says once it fired (design §2, `finding`). */
import type { Instant } from '../time/instant.js';

export const SEVERITIES = ['fatal', 'degraded', 'risk', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

export const CONFIDENCES = ['proven', 'strong', 'likely', 'possible'] as const;
export type Confidence = (typeof CONFIDENCES)[number];

export const ACTORS = [
	'phone',
	'site-network',
	'provider',
	'registrar',
	'sbc',
	'capturer',
] as const;
/** Who must act. */
export type Actor = (typeof ACTORS)[number];

export interface Evidence {
	readonly source: string;
	/** Wireshark's frame number; 0 where no frame exists (a probe's socket or resolver). */
	readonly frame: number;
	readonly at: Instant;
	/** What was looked at: `WWW-Authenticate realm`, `UDP destination port`, `Timer E`. */
	readonly field: string;
	/** The value or the comparison, in words; secrets already masked. */
	readonly text: string;
}

export interface Fix {
	readonly who: Actor;
	readonly what: string;
}

export interface Finding {
	readonly id: string;
	readonly severity: Severity;
	readonly confidence: Confidence;
	/** Number of the attempt it was found on, from 1; 0 for the whole capture. */
	readonly attempt: number;
	/** A later attempt of the same registration succeeded. */
	readonly mended: boolean;
	readonly title: string;
	/** One sentence that names the values. */
	readonly summary: string;
	readonly evidence: readonly [Evidence, ...Evidence[]];
	readonly fix: readonly Fix[];
}

/** What the capture's place cannot show, and what would decide it. */
export interface CannotTell {
	readonly id: string;
	readonly because: string;
	readonly decidedBy: string;
}
