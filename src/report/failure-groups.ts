/* Who fails: the failures of an analysis by User-Agent, by network and by server, the largest first. */
import type { Analysis, Whereabouts } from '../analysis/analysis.js';
import { whereaboutsOf } from '../analysis/whereabouts.js';
import { isFailed } from '../registration/outcome.js';
import type { Outcome } from '../registration/registration.js';

/** Groups that are told. */
const MAX_GROUPS = 10;

export interface FailureGroup {
	/** As it came from the wire; undefined where it is not known. */
	readonly name: string | undefined;
	readonly registrations: number;
	/** Not registered in the end. */
	readonly failed: number;
	/** Cause → how many of the failed ones; the most frequent first. */
	readonly byCause: Readonly<Record<string, number>>;
}

export interface FailureGroups {
	readonly byUserAgent: readonly FailureGroup[];
	readonly byNetwork: readonly FailureGroup[];
	readonly byServer: readonly FailureGroup[];
}

interface Counted {
	readonly outcome: Outcome;
	readonly cause: { readonly id: string } | undefined;
	readonly count: number;
	readonly whereabouts: Whereabouts;
}

/** Only groups in which something failed; the ten largest of each, those that were only counted included. */
export function failureGroups({ registrations, omitted }: Analysis): FailureGroups {
	const all: readonly Counted[] = [
		...registrations.map((registration) => ({
			outcome: registration.outcome,
			cause: registration.cause,
			count: 1,
			whereabouts: whereaboutsOf(registration),
		})),
		...omitted.map(({ whereabouts = NOWHERE, ...rest }) => ({ ...rest, whereabouts })),
	];
	return {
		byUserAgent: groupsBy(all, ({ userAgent }) => userAgent),
		byNetwork: groupsBy(all, ({ network }) => network),
		byServer: groupsBy(all, ({ server }) => server),
	};
}

const NOWHERE: Whereabouts = { userAgent: undefined, network: undefined, server: undefined };

interface Group {
	registrations: number;
	failed: number;
	readonly causes: Map<string, number>;
}

function groupsBy(
	all: readonly Counted[],
	nameOf: (whereabouts: Whereabouts) => string | undefined,
): readonly FailureGroup[] {
	const groups = new Map<string | undefined, Group>();
	for (const { outcome, cause, count, whereabouts } of all) {
		const name = nameOf(whereabouts);
		const group = groups.get(name) ?? { registrations: 0, failed: 0, causes: new Map() };
		groups.set(name, group);
		group.registrations += count;
		if (!isFailed(outcome)) continue;
		group.failed += count;
		if (cause !== undefined) group.causes.set(cause.id, (group.causes.get(cause.id) ?? 0) + count);
	}
	return [...groups]
		.filter(([, { failed }]) => failed > 0)
		.toSorted(([, a], [, b]) => b.failed - a.failed || b.registrations - a.registrations)
		.slice(0, MAX_GROUPS)
		.map(([name, { registrations, failed, causes }]) => ({
			...{ name, registrations, failed },
			byCause: Object.fromEntries([...causes].toSorted(([, a], [, b]) => b - a)),
		}));
}
