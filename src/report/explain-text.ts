/*
 * What `sipdoctor explain` prints: a rule, a status code, or the list of all rules; as wide as it is told.
 */
import { type Fix, SEVERITIES, type Severity } from '../diagnosis/finding.js';
import { makePalette } from './palette.js';
import { textWidth } from './text-width.js';
import { hangText, joinBlocks } from './text-wrap.js';

/** What of a rule is explained; a `Rule` of the catalogue is one. */
export interface ExplainedRule {
	readonly id: string;
	readonly severity: Severity;
	readonly title: string;
	readonly references: readonly string[];
	readonly explanation: {
		readonly means: string;
		readonly causes: readonly string[];
		readonly confirm: string | readonly string[];
		readonly lookAlikes: readonly string[];
	};
	readonly fix: readonly Fix[];
}

/** A SIP status code and the rules it can belong to. */
export interface ExplainedCode {
	readonly code: number;
	readonly phrase: string;
	readonly meaning: string;
	readonly related: readonly string[];
}

/** One of the three things `sipdoctor explain` can be asked. */
export type ExplainedSubject =
	| { readonly kind: 'rule'; readonly rule: ExplainedRule }
	| { readonly kind: 'status'; readonly status: ExplainedCode }
	| { readonly kind: 'list'; readonly rules: readonly ListedRule[] };

type ListedRule = Pick<ExplainedRule, 'id' | 'severity' | 'title'>;

export interface ExplainOptions {
	readonly columns: number;
	readonly colour: boolean;
}

/** Lines longer than this are hard to read, however wide the terminal is. */
const MAX_COLUMNS = 100;

/** The explanation as text, its last line not ended. */
export function renderExplanation(subject: ExplainedSubject, options: ExplainOptions): string {
	switch (subject.kind) {
		case 'rule':
			return renderRule(subject.rule, options);
		case 'status':
			return renderStatusCode(subject.status, options);
		case 'list':
			return renderRuleList(subject.rules, options);
	}
}

function renderRule(rule: ExplainedRule, options: ExplainOptions): string {
	const { columns, palette } = page(options);
	const { means, causes, confirm, lookAlikes } = rule.explanation;
	const section = (title: string, lines: readonly string[]) =>
		lines.length === 0 ? [] : [palette.strong(title), ...lines];
	const paragraph = (text: string) => hangText('', text, { columns, indent: 2 });
	const item = (text: string) => hangText('  –', text, { columns, indent: 4 });
	return print([
		[
			palette.severity[rule.severity](`${rule.severity}[${rule.id}]`),
			...hangText('', rule.title, { columns, indent: 2, text: palette.strong }),
		],
		section('What it means', paragraph(means)),
		section('Usual causes', causes.flatMap(item)),
		section(
			'How to confirm it',
			typeof confirm === 'string' ? paragraph(confirm) : confirm.flatMap(item),
		),
		section('What looks like it', lookAlikes.flatMap(item)),
		section(
			'How to mend it',
			rule.fix.flatMap(({ who, what }) =>
				hangText(`  ${who}:`, what, { columns, indent: 4, label: palette.good }),
			),
		),
		section('References', rule.references.flatMap(paragraph)),
	]);
}

function renderStatusCode(status: ExplainedCode, options: ExplainOptions): string {
	const { columns, palette } = page(options);
	const related = status.related.map((id) => `  sipdoctor explain ${id}`);
	return print([
		[
			palette.strong(`${status.code} ${status.phrase}`.trimEnd()),
			...hangText('', status.meaning, { columns, indent: 2 }),
		],
		related.length === 0 ? [] : [palette.strong('What it can come from'), ...related],
	]);
}

/** Every rule in one line or two, under its severity, the worst first, by name. */
function renderRuleList(rules: readonly ListedRule[], options: ExplainOptions): string {
	const { columns, palette } = page(options);
	const widest = Math.max(0, ...rules.map(({ id }) => textWidth(id)));
	const indent = Math.min(widest + 4, Math.floor(columns / 2));
	const groups = SEVERITIES.map((severity) => {
		const ofIt = rules
			.filter((rule) => rule.severity === severity)
			.toSorted((a, b) => (a.id < b.id ? -1 : 1));
		if (ofIt.length === 0) return [];
		return [
			`${palette.severity[severity](severity)} ${palette.faint(`– ${SEVERITY_WORDS[severity]} (${ofIt.length})`)}`,
			...ofIt.flatMap(({ id, title }) =>
				hangText(`  ${id}`, title, { columns, indent, label: palette.strong }),
			),
		];
	});
	return print([...groups, ['sipdoctor explain ID tells more of one of them.']]);
}

const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
	fatal: 'the phone is not registered because of it',
	degraded: 'it registers, but calls, refreshes or other devices suffer',
	risk: 'fragile or insecure, works today',
	info: 'worth knowing',
};

function page({ columns, colour }: ExplainOptions) {
	return {
		columns: Math.min(MAX_COLUMNS, Math.max(40, columns)),
		palette: makePalette(colour),
	};
}

function print(blocks: readonly (readonly string[])[]): string {
	return joinBlocks(blocks).join('\n');
}
