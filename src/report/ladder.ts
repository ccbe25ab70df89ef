/*
 * Who said what to whom, by packet direction: lifelines where they fit, else a list of the same words.
 */
import type { DiagnosedRegistration } from '../analysis/analysis.js';
import { elapsedMs } from '../time/instant.js';
import type { Paper } from './finding-text.js';
import { type LadderColumn, ladderColumns } from './ladder-columns.js';
import { type LadderRow, ladderRows } from './ladder-rows.js';
import type { Palette } from './palette.js';
import { formatDuration } from './report-clock.js';
import { cutText, padText, textWidth } from './text-width.js';
import { hangText, type Paint } from './text-wrap.js';

/** Rows shown unless all are asked for. */
const MAX_ROWS = 40;
/** Narrower lifelines would cut every label. */
const MIN_SPAN = 22;
const MARGIN = '  ';

/** The ladder of a registration, heading line and all; `full` shows every message of every attempt. */
export function ladderText(
	registration: DiagnosedRegistration,
	paper: Paper,
	full = false,
): readonly string[] {
	const all = ladderRows(registration);
	if (all.length === 0) return [];
	const columns = ladderColumns(registration, paper.beyondPhone);
	const rows = full || all.length <= MAX_ROWS ? all : decisiveRows(registration, all);
	const head = full ? rows : rows.slice(0, MAX_ROWS);
	const left = all.length - head.length;
	const gutter = makeGutter(head, paper);
	const drawing =
		drawLadder(columns, head, gutter, paper) ?? listLadder(columns, head, gutter, paper);
	if (left === 0) return drawing;
	const note = `${left} more messages, of this and other attempts, are left out; --ladder shows all`;
	return [
		...drawing,
		...hangText(MARGIN, note, { ...paper, indent: 2, text: paper.palette.faint }),
	];
}

/** The messages of the attempt that decided; all where it has none. */
function decisiveRows(
	{ decisive }: DiagnosedRegistration,
	all: readonly LadderRow[],
): readonly LadderRow[] {
	const hops = decisive?.transactions.flatMap((transaction) => transaction.hops) ?? [];
	const seen = hops.flatMap(({ sends, responses }) => [...sends, ...responses]);
	const frames = new Set(seen.map(({ source, frame }) => `${frame} ${source}`));
	const rows = all.filter(
		({ kind, source, frame }) => kind === 'error' || frames.has(`${frame} ${source}`),
	);
	return rows.some(({ kind }) => kind === 'message') ? rows : all;
}

interface Gutter {
	readonly width: number;
	/** Time and frame number in the gutter's width, plain. */
	readonly text: (row: LadderRow) => string;
	/** The same of its last copy. */
	readonly lastText: (row: LadderRow) => string;
}

function makeGutter(rows: readonly LadderRow[], { clock }: Paper): Gutter {
	const placeOf = ({ source, frame, also }: LadderRow) =>
		[{ source, frame }, ...also].map((seen) => clock.frame(seen.source, seen.frame)).join(' ');
	const places = rows.flatMap((row) => [
		{ time: clock.since(row.source, row.at), place: placeOf(row) },
		{
			time: clock.since(row.source, row.last.at),
			place: clock.frame(row.source, row.last.frame),
		},
	]);
	// Not Math.max of all: a full ladder may have more rows than a call takes arguments.
	const times = places.reduce((most, { time }) => Math.max(most, time.length), 0);
	const frames = places.reduce((most, { place }) => Math.max(most, place.length), 0);
	const gap = frames === 0 ? '' : '  ';
	const line = (time: string, place: string) =>
		`${MARGIN}${time.padStart(times)}${gap}${place.padEnd(frames)}  `;
	return {
		width: MARGIN.length + times + gap.length + frames + 2,
		text: (row) => line(clock.since(row.source, row.at), placeOf(row)),
		lastText: ({ source, last }) =>
			line(clock.since(source, last.at), clock.frame(source, last.frame)),
	};
}

/** Lifelines and arrows; undefined where the terminal is too narrow, or a message has no lifeline to start or end at. */
function drawLadder(
	columns: readonly LadderColumn[],
	rows: readonly LadderRow[],
	gutter: Gutter,
	{ columns: width, palette }: Paper,
): readonly string[] | undefined {
	const gaps = columns.length - 1;
	const place = (endpoint: string) => columns.findIndex((column) => column.endpoint === endpoint);
	const drawable = rows.every(({ from, to }) => place(from) >= 0 && place(to) >= 0 && from !== to);
	if (gaps < 1 || !drawable) return undefined;
	const widest = rows.reduce((most, { labels }) => Math.max(most, textWidth(labels[0])), MIN_SPAN);
	const heads = Math.max(...columns.map(({ endpoint, role }) => textWidth(longer(endpoint, role))));
	const span = Math.min(
		Math.floor((width - gutter.width - 1) / gaps),
		Math.max(widest + 8, gaps === 1 ? heads * 2 + 2 : heads + 4),
	);
	if (span < MIN_SPAN) return undefined;
	const starts = headStarts(columns, span, width - gutter.width);
	if (starts === undefined) return undefined;
	const blank = ' '.repeat(gutter.width);
	const titles = [
		palette.strong(
			blank +
				headLine(
					columns.map(({ role }) => role),
					starts,
				),
		),
		palette.faint(
			blank +
				headLine(
					columns.map(({ endpoint }) => endpoint),
					starts,
				),
		),
	];
	const lines = rows.flatMap((row) => {
		const arrow = { from: place(row.from), to: place(row.to), count: columns.length, span };
		const line = arrowLine(
			fittingLabel(row.labels, arrow),
			'─',
			arrow,
			labelPaint(row, palette),
			palette,
		);
		const first = palette.faint(gutter.text(row)) + line;
		if (row.copies === 1) return [first];
		const again = arrowLine(cutText(copiesWords(row), span - 6), '╌', arrow, palette.warn, palette);
		return [first, palette.faint(gutter.lastText(row)) + again];
	});
	return [...titles, ...lines];
}

function longer(a: string, b: string): string {
	return textWidth(a) > textWidth(b) ? a : b;
}

/** `×11 over 31.5 s`: how often in all, and from the first to the last. */
function copiesWords({ copies, at, last }: LadderRow): string {
	return `×${copies} over ${formatDuration(elapsedMs(at, last.at))}`;
}

/**
 * Where the heads start: centred on their lifelines, the first and the last flush with theirs, or each at its own
 * lifeline; undefined where neither keeps them apart.
 */
function headStarts(
	columns: readonly LadderColumn[],
	span: number,
	room: number,
): readonly number[] | undefined {
	const widths = columns.map(({ endpoint, role }) => textWidth(longer(endpoint, role)));
	const end = (columns.length - 1) * span + 1;
	const centred = widths.map((width, index) => {
		if (index === 0) return 0;
		return Math.min(index * span - Math.floor(width / 2), end - width);
	});
	const flush = widths.map((_, index) => index * span);
	return [centred, flush].find((starts) =>
		widths.every((width, index) => (starts[index] ?? 0) + width < (starts[index + 1] ?? room + 1)),
	);
}

function headLine(words: readonly string[], starts: readonly number[]): string {
	return words.reduce((line, word, index) => padText(line, starts[index] ?? 0) + word, '');
}

interface Arrow {
	readonly from: number;
	readonly to: number;
	readonly count: number;
	readonly span: number;
}

function fittingLabel(labels: readonly [string, ...string[]], { from, to, span }: Arrow): string {
	const room = Math.max(1, Math.abs(to - from)) * span - 5;
	return labels.find((label) => textWidth(label) <= room) ?? cutText(labels.at(-1) ?? '', room);
}

/** One row: lifelines, and between two of them `── label ──▶`. */
function arrowLine(
	label: string,
	dash: string,
	{ from, to, count, span }: Arrow,
	paint: Paint,
	palette: Palette,
): string {
	const rest = (n: number) => `${' '.repeat(span - 1)}│`.repeat(Math.max(0, n));
	const left = Math.min(from, to);
	const right = Math.max(from, to);
	const dashes = (right - left) * span - 1 - textWidth(label) - 3;
	const before = dash.repeat(Math.floor(dashes / 2));
	const after = dash.repeat(Math.ceil(dashes / 2));
	const body = from < to ? [`${before} `, ` ${after}▶`] : [`◀${before} `, ` ${after}`];
	return [
		palette.faint(`│${rest(left)}`),
		`${body[0]}${paint(label)}${body[1]}`,
		palette.faint(`│${rest(count - 1 - right)}`),
	].join('');
}

/** 2xx good, challenges a warning, other refusals and errors bad. */
function labelPaint({ kind, labels }: LadderRow, palette: Palette): Paint {
	if (kind === 'error') return palette.bad;
	const status = /^([1-7])(\d\d)(?: |$)/.exec(labels[0]);
	if (status === null) return palette.strong;
	if (status[1] === '2') return palette.good;
	if (status[0].startsWith('401') || status[0].startsWith('407')) return palette.warn;
	return Number(status[1]) >= 3 ? palette.bad : palette.faint;
}

/** The same, a line a message: `0.021 s  #4  server → phone  401 Unauthorized`. */
function listLadder(
	columns: readonly LadderColumn[],
	rows: readonly LadderRow[],
	gutter: Gutter,
	paper: Paper,
): readonly string[] {
	const { columns: width, palette } = paper;
	const role = (endpoint: string) =>
		columns.find((column) => column.endpoint === endpoint)?.role ?? endpoint;
	const names = Math.max(...columns.map((column) => textWidth(column.role)));
	const legend = columns.map(
		(column) => `${MARGIN}${padText(column.role, names)}  ${column.endpoint}`,
	);
	const lines = rows.flatMap((row) => {
		const copies =
			row.copies === 1
				? ''
				: `, ${copiesWords(row)}, last ${paper.clock.frame(row.source, row.last.frame)}`;
		const text = `${role(row.from)} → ${role(row.to)}: ${row.labels[0]}${copies}`;
		const label = gutter.text(row);
		return hangText(label.trimEnd(), text, {
			columns: width,
			indent: gutter.width,
			label: palette.faint,
		});
	});
	return [...legend.map(palette.faint), '', ...lines];
}
