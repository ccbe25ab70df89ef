import Table from 'cli-table3';
import type { DiagnosedRegistration } from '../analysis/analysis.js';
import { formatEndpoint, formatHostPort } from '../net/endpoint.js';
import { attemptCount } from '../registration/attempt-facts.js';
import { answerTime } from '../transaction/client-transaction.js';
import type { Paper } from './finding-text.js';
import { registrationName, shown, standing, symbol } from './plain-words.js';
import { formatDuration } from './report-clock.js';
import { escaped } from './safe-text.js';
import { NO_LINES } from './table-chars.js';
import { cutText, textWidth } from './text-width.js';
import type { Paint } from './text-wrap.js';

/** Rows of the table; the summary line counts them all. */
export const MAX_TABLE_ROWS = 50;

interface Column {
	readonly title: string;
	readonly cell: (registration: DiagnosedRegistration) => string;
	/** What it may shrink to; undefined = it is dropped before it is cut. */
	readonly least: number | undefined;
	readonly right?: true;
}

/** Dropped from the end of `DROP_ORDER` where room is short. */
const COLUMNS: readonly Column[] = [
	{ title: 'address-of-record', cell: nameCell, least: 18 },
	{ title: 'target', cell: targetCell, least: 16 },
	{ title: 'server', cell: serverCell, least: 16 },
	{ title: 'outcome', cell: outcomeCell, least: undefined },
	{ title: 'cause', cell: ({ cause }) => cause?.id ?? '', least: 14 },
	{
		title: 'attempts',
		cell: (registration) => String(attemptCount(registration)),
		least: undefined,
		right: true,
	},
	{ title: 'answer in', cell: responseTimeCell, least: undefined, right: true },
];
const DROP_ORDER = ['target', 'answer in', 'attempts'];
/** One phone that was tried in several ways: what differs stays to the end. */
const DROP_ORDER_OF_ONE = ['address-of-record', 'answer in', 'attempts'];

const GAP = 2;

/** One line a registration, in the order given, at most `MAX_TABLE_ROWS`. */
export function registrationTable(
	registrations: readonly DiagnosedRegistration[],
	{ columns, palette }: Paper,
): readonly string[] {
	const rows = registrations.slice(0, MAX_TABLE_ROWS);
	const plan = planColumns(rows, columns - 2);
	const table = new Table({
		chars: NO_LINES,
		style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
		colWidths: [2, ...plan.map(({ width }) => width + GAP)],
		colAligns: ['left', ...plan.map(({ column }) => (column.right ? 'right' : 'left'))],
	});
	table.push([
		'',
		...plan.map(({ column, width }) => fill(column, column.title, width, palette.strong)),
	]);
	for (const registration of rows) {
		const cells = plan.map(({ column, width }) =>
			fill(column, cellText(column, registration), width, cellPaint(column, registration, palette)),
		);
		table.push([symbol(standing(registration), palette), ...cells]);
	}
	return table
		.toString()
		.split('\n')
		.map((line) => line.trimEnd());
}

/** Pictures as escapes: cli-table3 measures them by an older Unicode than ours, and its columns would not align. */
function cellText(column: Column, registration: DiagnosedRegistration): string {
	return column
		.cell(registration)
		.replace(/[\p{Emoji_Presentation}\p{Regional_Indicator}]/gu, escaped);
}

function fill(column: Column, text: string, width: number, paint: Paint): string {
	const cut = cutText(text, width);
	return column.right ? `${paint(cut)}${' '.repeat(GAP)}` : paint(cut);
}

function cellPaint(
	column: Column,
	{ cause }: DiagnosedRegistration,
	palette: Paper['palette'],
): Paint {
	return column.title === 'cause' && cause !== undefined
		? palette.severity[cause.severity]
		: (text) => text;
}

/** Without the scheme that nearly all have; the details and the JSON report write it in full. */
function nameCell(registration: DiagnosedRegistration): string {
	return registrationName(registration).replace(/^sip:/, '');
}

function targetCell({ target }: DiagnosedRegistration): string {
	return `${formatHostPort(shown(target.host, 200), target.port)}/${target.transport}`;
}

/** Where the REGISTER went: several targets of one domain are told apart by nothing else. */
function serverCell({ path, target }: DiagnosedRegistration): string {
	const server = path[0]?.server;
	return server === undefined ? '–' : `${formatEndpoint(server)}/${target.transport}`;
}

function outcomeCell({ outcome, finalStatus }: DiagnosedRegistration): string {
	const told = outcome === 'rejected' || outcome === 'redirected' || outcome === 'challenged';
	return told && finalStatus !== undefined ? `${outcome} ${finalStatus}` : outcome;
}

/** First send to final of the decisive attempt's last transaction. */
function responseTimeCell({ decisive }: DiagnosedRegistration): string {
	const last = decisive?.transactions.at(-1)?.phone;
	const time = last && answerTime(last);
	return time === undefined ? '–' : formatDuration(time / 1000);
}

interface PlannedColumn {
	readonly column: Column;
	readonly width: number;
}

/**
 * Columns in their natural width, without a target that is everywhere the same, and with the server only for one phone at
 * several servers of one target; where that is too much, one is dropped or the widest are cut.
 */
function planColumns(
	rows: readonly DiagnosedRegistration[],
	room: number,
): readonly PlannedColumn[] {
	const isOne = (cell: Column['cell']): boolean => new Set(rows.map(cell)).size === 1;
	const [oneName, oneTarget] = [isOne(nameCell), isOne(targetCell)];
	const needsServer = oneName && oneTarget && !isOne(serverCell);
	const hidden = [oneTarget ? 'target' : '', needsServer ? '' : 'server'];
	const useful = COLUMNS.filter(({ title }) => !hidden.includes(title));
	const dropOrder = oneName ? DROP_ORDER_OF_ONE : DROP_ORDER;
	const natural = useful.map((column) => ({
		column,
		width: Math.max(
			textWidth(column.title),
			...rows.map((row) => textWidth(cellText(column, row))),
		),
	}));
	for (let dropped = 0; dropped <= dropOrder.length; dropped += 1) {
		const gone = dropOrder.slice(0, dropped);
		const kept = natural.filter(({ column }) => !gone.includes(column.title));
		// Of one phone everything else goes before what differs is cut.
		const isEnough = !oneName || total(kept) <= room;
		const fitted = shrink(kept, room);
		if ((isEnough && total(fitted) <= room) || dropped === dropOrder.length) return fitted;
	}
	return natural;
}

function total(plan: readonly PlannedColumn[]): number {
	return plan.reduce((sum, { width }) => sum + width + GAP, -GAP);
}

/** Takes what is too much from the widest columns that may be cut. */
function shrink(plan: readonly PlannedColumn[], room: number): readonly PlannedColumn[] {
	const widths = plan.map(({ width }) => width);
	const spare = (index: number) =>
		(widths[index] ?? 0) - (plan[index]?.column.least ?? Number.POSITIVE_INFINITY);
	for (let excess = total(plan) - room; excess > 0; excess -= 1) {
		const candidates = plan.map((_, index) => index).filter((index) => spare(index) > 0);
		const widest = candidates.toSorted((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0))[0];
		if (widest === undefined) break;
		widths[widest] = (widths[widest] ?? 0) - 1;
	}
	return plan.map(({ column }, index) => ({ column, width: widths[index] ?? 0 }));
}
