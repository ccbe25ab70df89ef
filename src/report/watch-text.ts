/*
 * A watch for a person: a line an event, a live view for a terminal, and what it came to. Everything from the wire goes
 * through `shown`.
 */
import Table from 'cli-table3';
import type { CannotTell } from '../diagnosis/finding.js';
import { toRfc3339 } from '../time/instant.js';
import { makePalette, type Palette } from './palette.js';
import { counted, shown } from './plain-words.js';
import { formatDuration } from './report-clock.js';
import { NO_LINES } from './table-chars.js';
import { cutText } from './text-width.js';
import { hangText, type Paint, wrapText } from './text-wrap.js';
import type { WatchEvent, WatchSummary } from './watch-event.js';

export interface WatchTextOptions {
	readonly columns: number;
	readonly colour: boolean;
	/** The id of the cause of the failure before, which need not be told again. */
	readonly told?: string | undefined;
}

type Standing = Extract<WatchEvent, { event: 'registered' | 'refreshed' }>;

/** What the live view shows besides the figures. */
export interface WatchView {
	readonly summary: WatchSummary;
	readonly registered: Standing | undefined;
}

const SYMBOLS: Readonly<Partial<Record<WatchEvent['event'], readonly [string, keyof Palette]>>> = {
	registered: ['✓', 'good'],
	lost: ['✗', 'bad'],
	failed: ['✗', 'bad'],
	'gave-up': ['✗', 'bad'],
	'mapping-changed': ['!', 'warn'],
	'keep-alive-unanswered': ['!', 'warn'],
	unregistered: ['–', 'faint'],
};

/** True for an event that a person wants to hear of at once. */
export function isNotable(event: WatchEvent): boolean {
	// A server that never answers keep-alives would fill the screen; the summary says so.
	if (event.event === 'keep-alive-unanswered') return event.isDead;
	return SYMBOLS[event.event] !== undefined;
}

/** The cause that this event told, for the one after it. */
export function causeTold(event: WatchEvent): string | undefined {
	return event.event === 'failed' ? event.cause?.id : undefined;
}

/** `2026-11-21 14:02:11 UTC  ✗ failed: no-response: REGISTER was sent 11 times …; next attempt in 21.4 s`. */
export function watchEventLine(event: WatchEvent, { colour, told }: WatchTextOptions): string {
	const palette = makePalette(colour);
	const time = `${toRfc3339(event.at).slice(0, 19).replace('T', ' ')} UTC`;
	return `${palette.faint(time)}  ${symbolOf(event, palette)} ${eventWords(event, told)}`;
}

/** The same for a terminal: no line is wider than it, so that nothing of a cause is cut off. */
export function watchEventLines(event: WatchEvent, options: WatchTextOptions): readonly string[] {
	const palette = makePalette(options.colour);
	const time = `${toRfc3339(event.at).slice(0, 19).replace('T', ' ')} UTC`;
	const [first = '', ...more] = hangText(
		`${time}  ${plainSymbol(event)}`,
		eventWords(event, options.told),
		{
			columns: Math.max(40, options.columns),
			indent: 4,
		},
	);
	const painted = `${palette.faint(time)}  ${symbolOf(event, palette)}`;
	return [painted + first.slice(time.length + 2 + plainSymbol(event).length), ...more];
}

/** How things stand: at most `columns` wide and some fifteen lines high. */
export function renderWatchView(view: WatchView, options: WatchTextOptions): string {
	const columns = Math.max(40, options.columns);
	const palette = makePalette(options.colour);
	const { summary } = view;
	const state = summary.isRegistered
		? palette.good('✓ registered')
		: palette.bad('✗ not registered');
	const aor = cutText(shown(summary.aor, 200), columns - 20);
	return [
		`${palette.strong(aor)}  ${state}`,
		...standingTable(view, columns, palette),
		palette.faint(cutText('  Ctrl-C ends it and removes the binding', columns)),
	].join('\n');
}

/** What the watch came to. */
export function renderWatchSummary(summary: WatchSummary, options: WatchTextOptions): string {
	const columns = Math.max(40, options.columns);
	const palette = makePalette(options.colour);
	const held = summary.losses === 0 && summary.failures === 0 && summary.registrations > 0;
	const paint: Paint = held ? palette.good : palette.bad;
	const head = `${held ? '✓' : '✗'} ${shown(summary.aor, 200)}`;
	const ids = Object.keys(summary.byCause).filter((id) => id !== 'unknown');
	const facts = [
		...figures(summary),
		...causes(summary),
		...ids.map((id) => `sipdoctor explain ${shown(id)}`),
		...natFacts(summary),
	];
	return [paint(head), ...facts.flatMap((text) => hangText('', text, { columns, indent: 2 }))].join(
		'\n',
	);
}

type Row = readonly [label: string, words: string];

const LABEL_COLUMNS = 9;
const NARROW = 60;

function standingTable(view: WatchView, columns: number, palette: Palette): readonly string[] {
	// Where there is little room, the labels go.
	const label = columns < NARROW ? 0 : LABEL_COLUMNS;
	const room = columns - 2 - label;
	const table = new Table({
		chars: NO_LINES,
		style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
		colWidths: label === 0 ? [2, room] : [2, label, room],
	});
	for (const [name, words] of standingRows(view)) {
		const cells = label === 0 ? [] : [palette.faint(name)];
		table.push(['', ...cells, wrapText(words, room).join('\n')]);
	}
	return table
		.toString()
		.split('\n')
		.map((line) => line.trimEnd());
}

function standingRows({ summary, registered }: WatchView): readonly Row[] {
	const flow: readonly Row[] =
		registered === undefined
			? []
			: [
					['server', `${registered.remote} over ${registered.transport}`],
					['from', `${registered.local}${mappedWords(registered)}`],
					[
						'binding',
						`granted for ${registered.expires} s; registered ${counted(summary.registrations, 'time')}`,
					],
				];
	const [uptime = '', ...more] = figures(summary);
	return [
		...flow,
		['uptime', uptime],
		...more.map((words): Row => ['', words]),
		...causes(summary).map((words): Row => ['', words]),
		...natFacts(summary).map((words): Row => ['NAT', words]),
	];
}

function mappedWords({ mapped, local }: Standing): string {
	return mapped === undefined || mapped === local ? '' : `, seen as ${shown(mapped)}`;
}

function figures(summary: WatchSummary): readonly string[] {
	const { losses, failures, longestGapMs, responseTimeMs, keepAliveMs } = summary;
	const percent = Math.floor(summary.uptime * 10_000) / 100;
	const lost =
		losses === 0
			? summary.registrations === 0
				? 'never registered'
				: 'never lost'
			: `lost ${counted(losses, 'time')}, the longest gap ${formatDuration(longestGapMs)}`;
	return [
		`${percent} % of ${formatDuration(summary.seconds * 1000)}; ${lost}; ${counted(failures, 'failed attempt')}`,
		...(responseTimeMs.median === undefined || responseTimeMs.p95 === undefined
			? []
			: [
					`REGISTER answered in ${formatDuration(responseTimeMs.median)} (median), 95 % within ${formatDuration(responseTimeMs.p95)}`,
				]),
		...(keepAliveMs.median === undefined && keepAliveMs.unanswered === 0
			? []
			: [keepAliveWords(keepAliveMs)]),
		...(summary.requestsAnswered === 0
			? []
			: [`${counted(summary.requestsAnswered, 'request')} of the server answered`]),
	];
}

function keepAliveWords({ median, unanswered }: WatchSummary['keepAliveMs']): string {
	const answered =
		median === undefined ? 'never answered' : `answered in ${formatDuration(median)}`;
	return `keep-alives ${answered}, ${unanswered} unanswered`;
}

function causes({ byCause, gaveUp }: WatchSummary): readonly string[] {
	const named = Object.entries(byCause).map(([id, n]) => `${shown(id)} ${n}`);
	return [
		...(named.length === 0 ? [] : [`causes: ${named.join(', ')}`]),
		...(gaveUp === undefined ? [] : [`gave up: ${shown(gaveUp)}`]),
	];
}

function natFacts({ mappingChanges, natLifetime }: WatchSummary): readonly string[] {
	const { atLeast, atMost } = natLifetime;
	const bounds = [
		...(atLeast === undefined || atLeast === 0 ? [] : [`at least ${atLeast} s`]),
		...(atMost === undefined ? [] : [`at most ${atMost} s`]),
	];
	return [
		...(mappingChanges === 0
			? []
			: [`the address that the server sees changed ${counted(mappingChanges, 'time')}`]),
		...(bounds.length === 0
			? []
			: [`without traffic the NAT keeps the mapping for ${bounds.join(' and ')}`]),
	];
}

function plainSymbol({ event }: WatchEvent): string {
	return SYMBOLS[event]?.[0] ?? '·';
}

function symbolOf({ event }: WatchEvent, palette: Palette): string {
	const [symbol, colour] = SYMBOLS[event] ?? ['·', 'faint'];
	const paint = palette[colour];
	return typeof paint === 'function' ? paint(symbol) : symbol;
}

/** `told`: the id of the cause of the failure before. */
function eventWords(event: WatchEvent, told: string | undefined): string {
	switch (event.event) {
		case 'registered': {
			const gap = event.gapMs === undefined ? '' : ` again after ${formatDuration(event.gapMs)}`;
			const note = event.note === undefined ? '' : `; ${shown(event.note, 300)}`;
			return `registered${gap} for ${event.expires} s at ${event.remote}${mappedWords({ ...event })}${note}`;
		}
		case 'refreshed':
			return `refreshed for ${event.expires} s`;
		case 'lost':
		case 'failed':
			return `${event.event}: ${failureWords(event, told)}`;
		case 'mapping-changed':
			return `the server sees ${shown(event.to)} instead of ${shown(event.from)}, after ${formatDuration(event.silenceMs)} without traffic`;
		case 'request-answered':
			return `${shown(event.method, 40)} of ${event.from} answered`;
		case 'keep-alive-answered':
			return `keep-alive answered in ${formatDuration(event.ms)}`;
		case 'keep-alive-unanswered':
			return `keep-alive unanswered${event.isDead ? '' : '; the server may not know it'}`;
		case 'gave-up':
		case 'unregistered':
			return shown(event.text, 400);
		case 'summary':
			return 'over';
	}
}

function failureWords(
	{ text, cause, cannotTell, retryInMs }: Extract<WatchEvent, { event: 'lost' | 'failed' }>,
	told: string | undefined,
): string {
	const next = retryInMs === undefined ? '' : `; next attempt in ${formatDuration(retryInMs)}`;
	if (cause === undefined) return `${shown(text, 300)}${openWords(cannotTell[0])}${next}`;
	// An hour of the same is not told in the same words each time.
	if (cause.id === told) return `${cause.id} again${next}`;
	return `${cause.id}: ${shown(cause.summary, 400).replace(/\.$/, '')}${next}`;
}

/** What would name the cause. */
function openWords(cannotTell: CannotTell | undefined): string {
	if (cannotTell === undefined) return '';
	const { because, decidedBy } = cannotTell;
	return ` (cannot tell why: ${shown(because, 300)}; decided by ${shown(decidedBy, 300)})`;
}
