/* What a probe tried out, one small table each: what was asked, what came, and the verdict above it. */
import Table from 'cli-table3';
import type { Analysis, TriedExperiment } from '../analysis/analysis.js';
import type { Paper } from './finding-text.js';
import { shown } from './plain-words.js';
import { escaped } from './safe-text.js';
import { cutText, textWidth } from './text-width.js';
import { hangText, type Paint, wrapText } from './text-wrap.js';

const GAP = 2;
const INDENT = 4;
/** What a column may shrink to. */
const LEAST = 8;
/** A cell longer than this is no table any more; the JSON report has all of it. */
const MAX_CELL = 200;

/** One block of lines for each experiment. */
export function experimentTables(
	{ experiments = [], registrations, sources }: Analysis,
	paper: Paper,
): readonly (readonly string[])[] {
	const told = new Set(registrations.flatMap(({ steps }) => steps).map(({ text }) => text));
	return experiments.map((one) => {
		const letter = sources.length > 1 ? ` (${paper.clock.letter(one.source)})` : '';
		return experimentTable(one, { told, letter }, paper);
	});
}

function experimentTable(
	{ id, verdict, text, columns, rows }: TriedExperiment,
	{ told, letter }: { readonly told: ReadonlySet<string>; readonly letter: string },
	paper: Paper,
): readonly string[] {
	const { palette } = paper;
	const paint = VERDICT_PAINTS[verdict] ?? 'strong';
	const title = TITLES[id] ?? shown(id);
	const words = VERDICT_WORDS[verdict] ?? shown(verdict);
	// The checklist above may have said it.
	const sentence = told.has(text)
		? []
		: hangText('', shown(text, 600), { columns: paper.columns, indent: INDENT });
	return [
		`  ${title}${letter}: ${palette[paint](words)}`,
		...sentence,
		...table(columns, rows, paper),
	];
}

const TITLES: Readonly<Record<string, string>> = {
	stun: 'NAT mapping, by STUN',
	alg: 'SIP ALG',
	reflector: 'octets at the reflector',
	traceroute: 'SIP hops',
	'nat-timeout': 'lifetime of the NAT mapping',
};

const VERDICT_WORDS: Readonly<Record<string, string>> = {
	'no-alg': 'no ALG',
	'alg-proven': 'ALG proven',
	'no-nat': 'no NAT',
	'endpoint-independent': 'endpoint-independent',
	'endpoint-dependent': 'endpoint-dependent',
	measured: 'measured',
	'cannot-tell': 'cannot tell from here',
};

const VERDICT_PAINTS: Readonly<Record<string, 'good' | 'warn' | 'faint'>> = {
	'no-alg': 'good',
	'no-nat': 'good',
	'endpoint-independent': 'good',
	'alg-proven': 'warn',
	'endpoint-dependent': 'warn',
	'cannot-tell': 'faint',
};

function table(
	columns: readonly string[],
	rows: readonly (readonly string[])[],
	{ columns: width, palette }: Paper,
): readonly string[] {
	if (rows.length === 0) return [];
	// A column in which nothing stands takes no room.
	const used = columns.map((_, at) => rows.some((row) => (row[at] ?? '') !== ''));
	const cells = [columns, ...rows].map((row) => row.filter((_, at) => used[at]).map(cellText));
	const [head = [], ...body] = cells;
	const widths = fitted(cells, width - INDENT);
	const drawn = new Table({
		chars: NO_LINES,
		style: { head: [], border: [], 'padding-left': 0, 'padding-right': GAP },
		colWidths: widths.map((each) => each + GAP),
	});
	const broken = (row: readonly string[], paint: Paint) =>
		row.map((cell, at) =>
			brokenText(cell, widths[at] ?? LEAST)
				.map(paint)
				.join('\n'),
		);
	drawn.push(broken(head, palette.faint), ...body.map((row) => broken(row, (text) => text)));
	return drawn
		.toString()
		.split('\n')
		.map((line) => `${' '.repeat(INDENT)}${line}`.trimEnd());
}

/** Pictures as escapes: cli-table3 measures them by an older Unicode than ours. */
function cellText(text: string): string {
	return shown(text, MAX_CELL).replace(/[\p{Emoji_Presentation}\p{Regional_Indicator}]/gu, escaped);
}

/** Lines of at most `width` columns, broken at blanks; what is longer than a line is broken anywhere. */
function brokenText(text: string, width: number): readonly string[] {
	return wrapText(text, width).flatMap((line) => {
		const lines: string[] = [];
		let rest = line;
		while (textWidth(rest) > width) {
			const part = Array.from(cutText(rest, width)).slice(0, -1).join('') || rest.slice(0, 1);
			lines.push(part);
			rest = rest.slice(part.length);
		}
		return [...lines, rest];
	});
}

/**
 * As wide as the widest cell, and where that is too much, taken from the widest columns: first from those that still hold
 * their longest word, so that no address is broken as long as words elsewhere can go to the next line.
 */
function fitted(cells: readonly (readonly string[])[], room: number): readonly number[] {
	const widths = (cells[0] ?? []).map((_, at) =>
		Math.max(...cells.map((row) => textWidth(row[at] ?? ''))),
	);
	const words = widths.map((_, at) =>
		Math.max(...cells.flatMap((row) => (row[at] ?? '').split(' ').map(textWidth))),
	);
	const widestOf = (least: (at: number) => number): number =>
		widths.reduce(
			(best, width, at) => (width > least(at) && width > (widths[best] ?? 0) ? at : best),
			-1,
		);
	const total = () => widths.reduce((sum, width) => sum + width + GAP, -GAP);
	for (let excess = total() - room; excess > 0; excess -= 1) {
		const spacious = widestOf((at) => Math.max(LEAST, words[at] ?? 0));
		const widest = spacious < 0 ? widestOf(() => LEAST) : spacious;
		if (widest < 0) break;
		widths[widest] = (widths[widest] ?? 0) - 1;
	}
	return widths;
}

const NO_LINES = {
	top: '',
	'top-mid': '',
	'top-left': '',
	'top-right': '',
	bottom: '',
	'bottom-mid': '',
	'bottom-left': '',
	'bottom-right': '',
	left: '',
	'left-mid': '',
	mid: '',
	'mid-mid': '',
	right: '',
	'right-mid': '',
	middle: '',
};
