import type { Severity } from '../../src/diagnosis/finding.js';

/** What the table says of a rule. */
export interface ListedRule {
	readonly id: string;
	readonly severity: Severity;
	readonly title: string;
}

/** Which captures show it, by id: those whose truth.json names it as a cause or as a finding. */
export type CapturesById = ReadonlyMap<string, readonly string[]>;

/** Why the lab makes no capture of it, by id. */
export type Reasons = Readonly<Record<string, string>>;

/** Names in one cell; what is left out is counted. */
const MAX_NAMED = 4;

const INTRODUCTION = `# The diagnoses

Every id that a report can name, with the captures of the lab (\`fixtures/captures\`) that show it, or why there is none.
\`sipdoctor explain ID\` tells more of each: what it means, how to confirm it, what looks like it, how to mend it.
\`undetermined\` stands where none of them fits, and says what would decide it.

Written from the rule files, the captures' \`truth.json\` and \`fixtures/captures/not-made.json\` by
\`npx vitest run test/docs -u\`; a test compares.

| id | severity | it says | shown by |
|---|---|---|---|
`;

/** The text of docs/diagnoses.md, in the order of the catalogue. */
export function diagnosesTable(
	rules: readonly ListedRule[],
	captures: CapturesById,
	reasons: Reasons,
): string {
	const rows = rules.map(({ id, severity, title }) => {
		// That which bears its name says most.
		const names = (captures.get(id) ?? []).toSorted(
			(a, b) => Number(b.startsWith(id)) - Number(a.startsWith(id)),
		);
		return `| \`${id}\` | ${severity} | ${cell(title)} | ${cell(names.length > 0 ? named(names) : `– ${reasons[id] ?? ''}`)} |\n`;
	});
	return `${INTRODUCTION}${rows.join('')}`;
}

function named(names: readonly string[]): string {
	const shown = names.slice(0, MAX_NAMED).map((name) => `\`${name}\``);
	const left = names.length - shown.length;
	return `${shown.join(', ')}${left > 0 ? ` and ${left} more` : ''}`;
}

function cell(text: string): string {
	return text.replaceAll('|', '\\|');
}
