/* Who fails, as small tables: by User-Agent, network and server, where there are many registrations. */
import type { Analysis } from '../analysis/analysis.js';
import { type FailureGroup, failureGroups } from './failure-groups.js';
import type { Paper } from './finding-text.js';
import { shown } from './plain-words.js';
import { cutText, padText, textWidth } from './text-width.js';

/** With fewer the table of registrations says it all. */
const MIN_REGISTRATIONS = 10;
const GAP = '  ';

/** Nothing where there are few registrations, or none failed. */
export function failureTables(analysis: Analysis, paper: Paper): readonly string[] {
	const { registrations, omitted } = analysis;
	const all = omitted.reduce((sum, { count }) => sum + count, registrations.length);
	if (all <= MIN_REGISTRATIONS) return [];
	const { byUserAgent, byNetwork, byServer } = failureGroups(analysis);
	const groups = [...byUserAgent, ...byNetwork, ...byServer];
	const digits = Math.max(0, ...groups.map((group) => countWords(group).length));
	const names = Math.max(0, ...groups.map((group) => textWidth(nameWords(group))));
	const layout = { names: Math.min(names, Math.floor(paper.columns / 2) - digits), digits };
	return [
		...table('failures by User-Agent', byUserAgent, layout, paper),
		...table('failures by network', byNetwork, layout, paper),
		...table('failures by server', byServer, layout, paper),
	];
}

/** `    BenchPhone/1.0         364 of 12,000  wrong-password 364`. */
function table(
	title: string,
	groups: readonly FailureGroup[],
	layout: { readonly names: number; readonly digits: number },
	{ columns, palette }: Paper,
): readonly string[] {
	if (groups.length === 0) return [];
	const rows = groups.map((group) => {
		const name = padText(cutText(nameWords(group), layout.names), layout.names);
		const head = `${GAP}${GAP}${name}${GAP}${countWords(group).padStart(layout.digits)}${GAP}`;
		return (head + cutText(causeWords(group), columns - textWidth(head))).trimEnd();
	});
	return [palette.strong(`${GAP}${title}`), ...rows];
}

function nameWords({ name }: FailureGroup): string {
	return name === undefined ? 'not known' : shown(name, 200);
}

function countWords({ failed, registrations }: FailureGroup): string {
	return `${failed.toLocaleString('en-US')} of ${registrations.toLocaleString('en-US')}`;
}

function causeWords({ byCause }: FailureGroup): string {
	return Object.entries(byCause)
		.map(([id, count]) => `${shown(id)} ${count.toLocaleString('en-US')}`)
		.join(', ');
}
