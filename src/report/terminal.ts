/*
 * The report for a person: the cause first, then its proof, then the rest. Takes an Analysis and a width, gives text;
 * knows no terminal. Everything from the wire goes through `shown`.
 */
import type { Analysis, DiagnosedRegistration } from '../analysis/analysis.js';
import { groupedBy } from '../registration/lists-by-key.js';
import { comparisonText } from './comparison-text.js';
import { isWithoutRegister } from './exit-code.js';
import { experimentTables } from './experiment-table.js';
import { failureTables } from './failure-tables.js';
import { evidencePointers, explainPointer } from './finding-pointers.js';
import { findingText, type Paper } from './finding-text.js';
import { makePalette } from './palette.js';
import { counted, registrationName, shown } from './plain-words.js';
import { registrationDetail } from './registration-detail.js';
import { deservesDetail, worstFirst } from './registration-order.js';
import { MAX_TABLE_ROWS, registrationTable } from './registration-table.js';
import { formatDuration, makeClock } from './report-clock.js';
import { nothingFoundText, sourceText, troubleText } from './source-text.js';
import { summaryFigures } from './summary-figures.js';
import { hangText, joinBlocks, joinFacts } from './text-wrap.js';

export interface TerminalOptions {
	/** Columns of the terminal; less than 40 is taken as 40. */
	readonly columns: number;
	readonly colour: boolean;
	/** Of several registrations: details of one of each cause (the default), or of all. */
	readonly detail?: 'failed' | 'all';
	/** Leaves out what is known of the sources: they are still being read. */
	readonly unfinished?: boolean;
	/** Leaves out a probe's checklist: it was shown as it became known. */
	readonly stepsShown?: boolean;
	/** Every message of every attempt in the ladders. */
	readonly fullLadder?: boolean;
}

/** Registrations shown in full. */
const MAX_DETAILS = 10;
const MAX_DETAILS_OF_ALL = 100;
/** Addresses-of-record named as having the same cause. */
const MAX_NAMES = 8;

/** The report as text, its last line not ended. */
export function renderTerminal(analysis: Analysis, options: TerminalOptions): string {
	const beyondPhone = analysis.sources.filter(
		({ vantage }) => vantage === 'server' || vantage === 'middle',
	);
	const paper: Paper = {
		columns: Math.max(40, options.columns),
		palette: makePalette(options.colour),
		clock: makeClock(analysis.sources),
		beyondPhone: new Set(beyondPhone.map(({ name }) => name)),
		stepsShown: options.stepsShown === true,
	};
	if (isWithoutRegister(analysis)) {
		return joinBlocks([
			nothingFoundText(analysis.sources, paper),
			...wholeCaptureBlocks(analysis, paper),
			analysis.sources.flatMap((source) => troubleText(source, paper)),
		]).join('\n');
	}
	const lines = joinBlocks([
		...registrationBlocks(analysis, options, paper),
		...experimentTables(analysis, paper),
		...wholeCaptureBlocks(analysis, paper),
		...(options.unfinished === true
			? []
			: [
					analysis.sources.flatMap((source) => sourceText(source, paper)),
					...(analysis.comparisons ?? []).map((each) => comparisonText(each, paper)),
					failureTables(analysis, paper),
					summaryText(analysis, paper),
				]),
	]);
	return lines.join('\n');
}

function wholeCaptureBlocks({ findings }: Analysis, paper: Paper): readonly (readonly string[])[] {
	return findings.flatMap((finding) => [
		findingText('also', finding, paper),
		[...evidencePointers(finding, paper), ...explainPointer(finding, paper)],
	]);
}

function registrationBlocks(
	{ registrations }: Analysis,
	{ detail = 'failed', fullLadder = false }: TerminalOptions,
	paper: Paper,
): readonly (readonly string[])[] {
	const ordered = worstFirst(registrations);
	const [first] = ordered;
	if (first === undefined) return [];
	if (ordered.length === 1) return [registrationDetail(first, paper, fullLadder)];
	const groups = detail === 'all' ? ordered.map((each) => [each]) : byCause(ordered);
	const shownGroups = groups.slice(0, detail === 'all' ? MAX_DETAILS_OF_ALL : MAX_DETAILS);
	const left = groups.slice(shownGroups.length).reduce((sum, group) => sum + group.length, 0);
	const tableLeft = ordered.length - MAX_TABLE_ROWS;
	return [
		[
			...registrationTable(ordered, paper),
			...(tableLeft > 0
				? note(`${counted(tableLeft, 'more registration')} in the JSON report`, paper)
				: []),
		],
		...shownGroups.flatMap((group) => groupBlocks(group, paper, fullLadder)),
		left > 0
			? note(`${counted(left, 'more registration')} not shown in full; ${HOW_TO_SEE}`, paper)
			: [],
	];
}

const HOW_TO_SEE = '--aor PATTERN shows one, for example --aor 1001@*';

/** One group for each cause, in the order given; a failure without one stands alone. */
function byCause(
	registrations: readonly DiagnosedRegistration[],
): readonly (readonly DiagnosedRegistration[])[] {
	const groups = groupedBy(
		registrations.filter(deservesDetail),
		({ cause, outcome }) => `${cause?.id ?? ''} ${outcome}`,
	);
	return [...groups.values()];
}

/** The first in full, the others by name. */
function groupBlocks(
	[first, ...others]: readonly DiagnosedRegistration[],
	paper: Paper,
	fullLadder: boolean,
): readonly (readonly string[])[] {
	if (first === undefined) return [];
	const rule = paper.palette.faint('─'.repeat(Math.min(paper.columns, 72)));
	const body = [rule, ...registrationDetail(first, paper, fullLadder)];
	if (others.length === 0) return [body];
	const names = others.slice(0, MAX_NAMES).map(registrationName).join(', ');
	const more = others.length > MAX_NAMES ? ` and ${others.length - MAX_NAMES} more` : '';
	return [body, note(`the same for ${names}${more}; ${HOW_TO_SEE}`, paper)];
}

function note(text: string, { columns, palette }: Paper): readonly string[] {
	return hangText('', text, { columns, indent: 2, text: palette.faint });
}

/** `48 registrations: 40 registered, 6 rejected · wrong-password 6 · 87 % succeed · answers in 24 ms, 95 % within 310 ms`. */
function summaryText(analysis: Analysis, { columns, palette }: Paper): readonly string[] {
	const figures = summaryFigures(analysis);
	const outcomes = Object.entries(figures.byOutcome).map(([outcome, n]) => `${n} ${outcome}`);
	const causes = Object.entries(figures.byCause);
	const several = analysis.registrations.length > 1;
	const parts = [
		`${counted(figures.registrations, 'registration')}${outcomes.length === 0 ? '' : `: ${outcomes.join(', ')}`}`,
		...(causes.length === 0 ? [] : [causesWords(causes)]),
		...(several && figures.successRatio !== undefined
			? [`${Math.floor(figures.successRatio * 1000) / 10} % of the ended ones registered`]
			: []),
		...(figures.median === undefined || figures.p95 === undefined
			? []
			: [answersWords(figures.median, figures.p95)]),
		...wholeCaptureWords(analysis.findings),
		...(figures.omitted > 0
			? [`${counted(figures.omitted, 'registration')} beyond --detail-limit only counted`]
			: []),
	];
	return hangText('', joinFacts(parts), { columns, indent: 2, text: palette.strong }).map(
		(line, index) => (index === 0 ? line.replace(/^ {2}/, '') : line),
	);
}

/** `for all: scanner-traffic`: what is told of no single registration. */
function wholeCaptureWords(findings: Analysis['findings']): readonly string[] {
	const ids = [...new Set(findings.map(({ id }) => shown(id)))];
	return ids.length === 0 ? [] : [`of the whole capture: ${ids.join(', ')}`];
}

function causesWords(causes: readonly (readonly [string, number])[]): string {
	const [only] = causes;
	if (causes.length === 1 && only?.[1] === 1) return `cause: ${shown(only[0])}`;
	const words = causes.slice(0, MAX_NAMES).map(([id, n]) => `${shown(id)} ${n}`);
	return `causes: ${words.join(', ')}${causes.length > MAX_NAMES ? ' …' : ''}`;
}

function answersWords(median: number, p95: number): string {
	return median === p95
		? `answered in ${formatDuration(median)}`
		: `answered in ${formatDuration(median)} (median), 95 % within ${formatDuration(p95)}`;
}
