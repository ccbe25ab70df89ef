/*
 * Exit codes are decisions (design: Commands): 0 nothing reached the threshold, 1 something did, 2 nothing could be
 * judged. A CI job must not pass on an empty capture.
 */
import type { Analysis } from '../analysis/analysis.js';
import { type Finding, SEVERITIES, type Severity } from '../diagnosis/finding.js';
import type { Examination } from '../digest/examine.js';
import { type CheckedSuite, verdictCounts } from './check-document.js';
import type { WatchSummary } from './watch-event.js';

/** Wrong usage, unreadable input, or no REGISTER in it. */
export const EXIT_UNUSABLE = 2;
/** The world did not let us: no permission, no network. */
export const EXIT_WORLD = 3;
/** A fault of ours (sysexits EX_SOFTWARE). */
export const EXIT_BUG = 70;
/** Interrupted, after cleaning up (128 + SIGINT). */
export const EXIT_INTERRUPTED = 130;

export const FAIL_ON = ['fatal', 'degraded', 'risk', 'never'] as const;
/** The least severity that makes the exit code 1. */
export type FailOn = (typeof FAIL_ON)[number];

/** The exit code of an analysis: causes and findings of the whole capture count, what was mended does not. */
export function exitCode(analysis: Analysis, failOn: FailOn): 0 | 1 | 2 {
	if (isWithoutRegister(analysis)) return EXIT_UNUSABLE;
	if (failOn === 'never') return 0;
	const reached = (finding: Finding) => !finding.mended && isAtLeast(finding.severity, failOn);
	const causes = analysis.registrations.flatMap(({ cause }) =>
		cause === undefined ? [] : [cause],
	);
	const omitted = analysis.omitted.some(
		({ cause }) => cause !== undefined && isAtLeast(cause.severity, failOn),
	);
	return omitted || causes.some(reached) || analysis.findings.some(reached) ? 1 : 0;
}

/** True for captures in which no REGISTER and no registration was found; a probe always has one. */
export function isWithoutRegister({ sources, registrations, omitted }: Analysis): boolean {
	return (
		registrations.length === 0 &&
		omitted.length === 0 &&
		sources.every(({ kind, registerRequests }) => kind === 'capture' && registerRequests === 0)
	);
}

/** The exit code of `sipdoctor digest`: 0 verifies, 1 does not, 2 where inputs are missing or of no use. */
export function digestExitCode(result: Examination['result']): 0 | 1 | 2 {
	if (result === 'not-checkable') return EXIT_UNUSABLE;
	return result === 'verifies' ? 0 : 1;
}

/** The exit code of `sipdoctor check`: 0 all expectations hold, 1 some do not; what could not be run is no pass. */
export function checkExitCode({ entries, interrupted }: CheckedSuite): number {
	const counts = verdictCounts(entries);
	if (interrupted) return EXIT_INTERRUPTED;
	if (counts.crashed > 0) return EXIT_BUG;
	if (counts.failed > 0) return 1;
	return counts['not-run'] > 0 ? EXIT_WORLD : 0;
}

/** The exit code of `sipdoctor watch`: 0 registered and never lost, 1 lost or never registered. */
export function watchExitCode({ losses, registrations, gaveUp }: WatchSummary): 0 | 1 {
	return losses === 0 && registrations > 0 && gaveUp === undefined ? 0 : 1;
}

/** Whether a severity reaches the threshold. */
export function isAtLeast(severity: Severity, threshold: FailOn): boolean {
	if (threshold === 'never') return false;
	return SEVERITIES.indexOf(severity) <= SEVERITIES.indexOf(threshold);
}
