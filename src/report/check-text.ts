/*
 * A suite for a person: one line an entry, the bad ones first, then what does not hold and why. Everything that the wire
 * or the suite brought goes through `shown`.
 */
import Table from 'cli-table3';
import {
	type CheckedEntry,
	type CheckedSuite,
	complaints,
	type EntryVerdict,
	verdictCounts,
} from './check-document.js';
import { makePalette, type Palette } from './palette.js';
import { counted, type Standing, shown, symbol } from './plain-words.js';
import { formatDuration } from './report-clock.js';
import { escaped } from './safe-text.js';
import { NO_LINES } from './table-chars.js';
import { cutText, textWidth } from './text-width.js';
import { hangText, joinBlocks } from './text-wrap.js';

/** Rows of the table; the summary counts them all. */
const MAX_ROWS = 100;
/** Entries that do not hold and are told in full. */
const MAX_DETAILS = 20;
const MAX_NAME = 40;
/** Different reasons why entries were not run. */
const MAX_REASONS = 5;
/** Less of a column tells nothing. */
const LEAST = 8;
const GAP = 2;

export interface CheckTextOptions {
	readonly columns: number;
	readonly colour: boolean;
}

/** The report as text, its last line not ended. */
export function renderCheckText(suite: CheckedSuite, options: CheckTextOptions): string {
	const palette = makePalette(options.colour);
	const columns = Math.max(40, options.columns);
	const ordered = suite.entries.toSorted(
		(a, b) => WORST.indexOf(a.verdict) - WORST.indexOf(b.verdict),
	);
	const bad = ordered.filter(({ verdict }) => verdict === 'failed' || verdict === 'crashed');
	const left = bad.length - MAX_DETAILS;
	return joinBlocks([
		entryTable(ordered.slice(0, MAX_ROWS), columns, palette),
		ordered.length > MAX_ROWS
			? [
					palette.faint(
						`  ${counted(ordered.length - MAX_ROWS, 'more entry', 'more entries')} in the JSON report`,
					),
				]
			: [],
		...bad.slice(0, MAX_DETAILS).map((entry) => details(entry, suite.file, columns, palette)),
		notRunLines(suite.entries, columns),
		left > 0 ? [palette.faint(`  ${left} more that do not hold, in the JSON report`)] : [],
		hangText('', checkSummaryLine(suite), { columns, indent: 2, text: palette.strong }).map(
			(line, index) => (index === 0 ? line.replace(/^ {2}/, '') : line),
		),
	]).join('\n');
}

/** Reasons why entries were not run, whole: the table may have no room for them. */
function notRunLines(entries: readonly CheckedEntry[], columns: number): readonly string[] {
	const reasons = new Map<string, number>();
	for (const { verdict, because } of entries) {
		if (verdict !== 'not-run' || because === undefined) continue;
		reasons.set(because, (reasons.get(because) ?? 0) + 1);
	}
	return [...reasons].slice(0, MAX_REASONS).flatMap(([because, count]) => {
		const text = `${counted(count, 'entry', 'entries')} not run: ${shown(because, 400)}`;
		return hangText('', text, { columns, indent: 2 });
	});
}

/** `suite.yaml: 12 entries: 10 hold, 2 do not hold · in 3.1 s`. */
export function checkSummaryLine(suite: CheckedSuite): string {
	const counts = verdictCounts(suite.entries);
	const parts = [
		counts.held > 0 ? `${counts.held} ${counts.held === 1 ? 'holds' : 'hold'}` : '',
		counts.failed > 0 ? `${counts.failed} ${counts.failed === 1 ? 'does' : 'do'} not hold` : '',
		counts['not-run'] > 0 ? `${counts['not-run']} not run` : '',
		counts.crashed > 0 ? `${counts.crashed} crashed` : '',
	].filter((part) => part !== '');
	const total = counted(suite.entries.length, 'entry', 'entries');
	const end = suite.interrupted ? ', interrupted' : '';
	return `${shown(suite.file)}: ${total}: ${parts.join(', ')} · in ${formatDuration(suite.ms)}${end}`;
}

const WORST: readonly EntryVerdict[] = ['crashed', 'failed', 'not-run', 'held'];

const STANDINGS: Readonly<Record<EntryVerdict, Standing>> = {
	held: 'good',
	failed: 'bad',
	'not-run': 'neutral',
	crashed: 'bad',
};

function entryTable(
	entries: readonly CheckedEntry[],
	columns: number,
	palette: Palette,
): readonly string[] {
	const rows = entries.map((entry) => [
		plain(entry.name),
		outcomeCell(entry),
		timeCell(entry),
		plain(remark(entry)),
	]);
	const head = ['entry', 'outcome', 'took', ''];
	const natural = [0, 1, 2].map((at) =>
		Math.max(...[head, ...rows].map((row) => textWidth(row[at] ?? ''))),
	);
	const [, outcome = 0, took = 0] = natural;
	const name = Math.min(natural[0] ?? 0, MAX_NAME, columns - 2 - outcome - took - 2 * GAP);
	const widths = [Math.max(LEAST, name), outcome, took];
	const room = columns - 2 - widths.reduce((sum, width) => sum + width + GAP, 0);
	// Where there is no room for it, the details below say it.
	const last = room < LEAST ? 0 : room;
	const table = new Table({
		chars: NO_LINES,
		style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
		colWidths: [2, ...widths.map((width) => width + GAP), last + GAP],
	});
	table.push(['', ...head.map((title) => palette.strong(title))]);
	for (const [index, entry] of entries.entries()) {
		const cells = rows[index] ?? [];
		table.push([
			symbol(STANDINGS[entry.verdict], palette),
			...cells.map((cell, at) => cutText(cell, widths[at] ?? last)),
		]);
	}
	return table
		.toString()
		.split('\n')
		.map((line) => line.trimEnd());
}

/** Pictures as escapes: cli-table3 measures them otherwise than we do, and its columns would not align. */
function plain(text: string): string {
	return shown(text, 300).replace(/[\p{Emoji_Presentation}\p{Regional_Indicator}]/gu, escaped);
}

function outcomeCell({ seen }: CheckedEntry): string {
	if (seen === undefined) return '–';
	const { outcome, finalStatus } = seen;
	const told = outcome === 'rejected' || outcome === 'redirected' || outcome === 'challenged';
	return told && finalStatus !== undefined ? `${outcome} ${finalStatus}` : outcome;
}

function timeCell({ seen }: CheckedEntry): string {
	const ms = seen?.registeredMs ?? seen?.answeredMs;
	return ms === undefined ? '–' : formatDuration(ms);
}

function remark(entry: CheckedEntry): string {
	if (entry.verdict === 'held') return '';
	if (entry.verdict !== 'failed') return entry.because ?? '';
	const unmet = entry.expectations.filter(({ state }) => state !== 'held').map(({ key }) => key);
	const cause = entry.seen?.cause?.id;
	return cause === undefined ? unmet.join(', ') : `${unmet.join(', ')} (${cause})`;
}

function details(
	entry: CheckedEntry,
	file: string,
	columns: number,
	palette: Palette,
): readonly string[] {
	const cause = entry.seen?.cause;
	const hang = (label: string, text: string): readonly string[] =>
		hangText(label, shown(text, 1200), { columns, indent: 4 });
	return [
		`${palette.bad('✗')} ${palette.strong(shown(entry.name, 200))} ${palette.faint(`${shown(file)}:${entry.line}`)}`,
		...complaints(entry).flatMap((text) => hang('', text)),
		...(cause === undefined
			? []
			: [
					`    ${palette.severity[cause.severity](`${cause.severity}[${cause.id}]`)}`,
					...hang('', cause.summary),
					...cause.fix.flatMap(({ who, what }) => hang('', `fix (${who}): ${what}`)),
				]),
	];
}
