import type { Analysis, OmittedRegistrations } from '../analysis/analysis.js';
import { OUTCOMES, type Outcome } from '../registration/registration.js';

/** The figures over all registrations of an analysis (design: `summary`). */
export interface SummaryFigures {
	/** All that were found, those counted and not kept included. */
	readonly registrations: number;
	/** Only outcomes that occur. */
	readonly byOutcome: Readonly<Partial<Record<Outcome, number>>>;
	readonly byCause: Readonly<Record<string, number>>;
	/** registered / (all − open), 0 to 1; undefined where nothing ended. */
	readonly successRatio: number | undefined;
	/** Milliseconds. */
	readonly median: number | undefined;
	readonly p95: number | undefined;
	readonly omitted: number;
}

export function summaryFigures(analysis: Analysis): SummaryFigures {
	const { responseTimesMs } = analysis;
	const groups = groupsOf(analysis);
	const count = (outcome: Outcome) =>
		groups.reduce((sum, group) => sum + (group.outcome === outcome ? group.count : 0), 0);
	const byOutcome: Partial<Record<Outcome, number>> = {};
	for (const outcome of OUTCOMES) {
		const n = count(outcome);
		if (n > 0) byOutcome[outcome] = n;
	}
	const all = groups.reduce((sum, group) => sum + group.count, 0);
	const ended = all - count('open');
	return {
		registrations: all,
		byOutcome,
		byCause: countCauses(groups),
		successRatio: ended === 0 ? undefined : count('registered') / ended,
		median: median(responseTimesMs),
		p95: percentile(responseTimesMs, 0.95),
		omitted: all - analysis.registrations.length,
	};
}

/** The registrations that were kept as groups of one, and those that were only counted. */
function groupsOf({ registrations, omitted }: Analysis): readonly OmittedRegistrations[] {
	return [...registrations.map(({ outcome, cause }) => ({ outcome, cause, count: 1 })), ...omitted];
}

/** Most frequent first, then by name. */
function countCauses(groups: readonly OmittedRegistrations[]): Readonly<Record<string, number>> {
	const counts = new Map<string, number>();
	for (const { cause, count } of groups) {
		if (cause !== undefined) counts.set(cause.id, (counts.get(cause.id) ?? 0) + count);
	}
	return Object.fromEntries(
		[...counts].sort(([idA, a], [idB, b]) => b - a || (idA < idB ? -1 : 1)),
	);
}

/** Of ascending values; the mean of the two middle ones where their number is even. */
function median(ascending: readonly number[]): number | undefined {
	const upper = ascending[Math.floor(ascending.length / 2)];
	const lower = ascending[Math.ceil(ascending.length / 2) - 1];
	return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}

/** Nearest rank: a value that really occurred. */
function percentile(ascending: readonly number[], share: number): number | undefined {
	return ascending[Math.ceil(ascending.length * share) - 1];
}
