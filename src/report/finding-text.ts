import type { CannotTell, Evidence, Finding } from '../diagnosis/finding.js';
import { maskField } from './masking.js';
import type { Palette } from './palette.js';
import { shown } from './plain-words.js';
import type { ReportClock } from './report-clock.js';
import { safeText } from './safe-text.js';
import { padText, textWidth } from './text-width.js';
import { hangText, joinBlocks } from './text-wrap.js';
import { readable } from './wire-text.js';

/** What every part of the terminal report is written with. */
export interface Paper {
	readonly columns: number;
	readonly palette: Palette;
	readonly clock: ReportClock;
	/** Names of the sources that were not taken on the phone's side: its address there may be a NAT's. */
	readonly beyondPhone: ReadonlySet<string>;
	/** A probe's checklist was shown as it became known. */
	readonly stepsShown?: boolean;
}

/** Evidence lines of one finding that are shown; the JSON report has them all. */
const MAX_EVIDENCE = 12;

/** Column where the text beside a label starts. */
export const INDENT = 9;

/** A finding in full: sentence, evidence, fixes. */
export function findingText(label: string, finding: Finding, paper: Paper): readonly string[] {
	const { columns, palette } = paper;
	const tag = `${finding.severity}[${finding.id}]`;
	const notes = finding.mended
		? `${finding.confidence}, mended by a later attempt`
		: finding.confidence;
	const lead =
		palette.strong(padText(`  ${label}`, INDENT)) + palette.severity[finding.severity](tag);
	const fits = INDENT + textWidth(tag) + 1 + textWidth(notes) <= columns;
	return joinBlocks([
		[
			`${lead}${fits ? ' ' : `\n${' '.repeat(INDENT)}`}${palette.faint(notes)}`,
			...hangText('', shown(paper.clock.lettered(finding.summary), 1200), {
				columns,
				indent: INDENT,
			}),
		],
		evidenceText(finding.evidence, paper),
		finding.fix.flatMap(({ who, what }) => fixText(who, what, paper)),
	]);
}

function fixText(who: string, what: string, { columns, palette, clock }: Paper): readonly string[] {
	return hangText(`${' '.repeat(INDENT)}fix (${who}):`, shown(clock.lettered(what), 1200), {
		columns,
		indent: INDENT + 2,
		label: palette.good,
	});
}

/** A finding in one paragraph: what else fired. */
export function findingLine(
	finding: Finding,
	{ columns, palette, clock }: Paper,
): readonly string[] {
	const tag = `${finding.severity}[${finding.id}]`;
	const frames = finding.evidence
		.map(({ source, frame }) => clock.frame(source, frame))
		.filter((frame, index, all) => frame !== '' && all.indexOf(frame) === index);
	const shownFrames = frames.slice(0, 4).join(' ') + (frames.length > 4 ? ' …' : '');
	const notes = [
		...(finding.mended ? [`attempt ${finding.attempt}, mended by a later one`] : []),
		finding.confidence,
		...(shownFrames === '' ? [] : [shownFrames]),
	];
	return hangText(
		`  ${tag}`,
		`${shown(clock.lettered(finding.summary), 600)} (${notes.join(', ')})`,
		{
			columns,
			indent: 4,
			label: palette.severity[finding.severity],
		},
	);
}

/** What the capture's place cannot show, and what would. */
export function cannotTellText(
	{ id, because, decidedBy }: CannotTell,
	{ columns, palette, clock }: Paper,
): readonly string[] {
	const why = shown(clock.lettered(because), 600);
	const text = `${id}, because ${why}; decided by ${shown(clock.lettered(decidedBy), 600)}`;
	return hangText('  cannot tell:', text, { columns, indent: 4, label: palette.faint });
}

/** `#frame  time  field: text`, one line each, aligned. */
function evidenceText(evidence: readonly Evidence[], paper: Paper): readonly string[] {
	const { columns, palette, clock } = paper;
	const rows = evidence.slice(0, MAX_EVIDENCE).map((each) => ({
		place: clock.frame(each.source, each.frame),
		time: clock.since(each.source, each.at),
		field: `${shown(each.field, 120)}:`,
		text: safeText(maskField(each.field, readable(clock.lettered(each.text))), 600),
	}));
	const width = (pick: (row: (typeof rows)[number]) => string) =>
		Math.max(0, ...rows.map((row) => textWidth(pick(row))));
	const places = width(({ place }) => place);
	const times = width(({ time }) => time);
	const fields = width(({ field }) => field);
	const gap = places === 0 ? 0 : 2;
	const start = INDENT + places + gap + times + 2;
	// Values stand under each other where that leaves them room, else they follow their field.
	const aligned = start + fields + 1 <= columns / 2;
	const lines = rows.flatMap((row) => {
		const time = row.time.padStart(times);
		const head = `${' '.repeat(INDENT)}${padText(row.place, places + gap)}${time}  `;
		const body = aligned ? `${padText(row.field, fields)} ${row.text}` : `${row.field} ${row.text}`;
		if (!aligned) {
			return hangText(head.trimEnd(), body, { columns, indent: start, label: palette.faint });
		}
		return hangText(head + padText(row.field, fields), row.text, {
			columns,
			indent: start + fields + 1,
			label: palette.faint,
		});
	});
	const left = evidence.length - rows.length;
	return left > 0 ? [...lines, `${' '.repeat(INDENT)}… ${left} more in the JSON report`] : lines;
}
