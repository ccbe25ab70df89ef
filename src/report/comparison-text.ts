import type { ComparedRow, Comparison } from '../analysis/compare-incidents.js';
import type { Paper } from './finding-text.js';
import { shown } from './plain-words.js';
import { padText, textWidth } from './text-width.js';
import { hangText } from './text-wrap.js';

const LABELS: Readonly<Record<ComparedRow['id'], string>> = {
	outcome: 'outcome',
	cause: 'cause',
	status: 'final status',
	server: 'server',
	transport: 'transport',
	client: 'phone',
	'seen-as': 'seen by the server as',
	nat: 'NAT',
	mapping: 'NAT mapping, by STUN',
	'nat-lifetime': 'NAT mapping lives',
	alg: 'ALG',
	'answered-in': 'slowest answer',
	granted: 'granted',
	'user-agent': 'User-Agent',
};
const INDENT = 28;
const MAX_VALUE = 60;
/** Below it, values stand under their label. */
const NARROW = 60;

/** What differs between captures of one address-of-record: a sentence, and a line for each question. */
export function comparisonText(comparison: Comparison, paper: Paper): readonly string[] {
	const { columns, palette, clock } = paper;
	const letters = comparison.columns.map((sources) => clock.letter(sources[0] ?? ''));
	const cells = comparison.rows.map((row) => row.values.map((value) => cell(row.id, value)));
	const widths = letters.map((_, at) => Math.max(...cells.map((row) => textWidth(row[at] ?? ''))));
	const room = widths.reduce((sum, width) => sum + width + 4, INDENT) <= columns;
	const title = `what differs for ${shown(comparison.aor, 200)} between ${letters.join(', ')}:`;
	return [
		...hangText('', title, { columns, indent: 2, text: palette.strong }),
		...hangText('', comparison.says, { columns, indent: 4 }),
		...comparison.rows.flatMap(({ id, differs }, index) => {
			const row = cells[index] ?? [];
			const told = differs ? row : row.slice(0, 1);
			const values = told.map((value, at) => {
				const named = differs ? `${letters[at] ?? ''} ${value}` : value;
				return room && differs ? padText(named, (widths[at] ?? 0) + 4) : named;
			});
			const label = `  ${differs ? '≠' : '='} ${LABELS[id]}`;
			const paint = {
				label: differs ? palette.warn : palette.faint,
				text: differs ? (text: string) => text : palette.faint,
			};
			const text = tied(values, room);
			if (columns >= NARROW) return hangText(label, text, { columns, indent: INDENT, ...paint });
			return [paint.label(label), ...hangText('', `    ${text}`, { columns, indent: 4, ...paint })];
		}),
	];
}

/** In columns the blanks count, and hangText would take them together. */
function tied(values: readonly string[], room: boolean): string {
	const text = values.join(room ? '' : ' · ').trimEnd();
	return room ? text.replaceAll(' ', '\u00a0') : text;
}

function cell(id: ComparedRow['id'], value: string | undefined): string {
	if (value !== undefined) return shown(value, MAX_VALUE);
	return id === 'cause' || id === 'granted' ? 'none' : 'not known';
}
