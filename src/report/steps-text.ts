import type { Step } from '../analysis/analysis.js';
import type { Palette } from './palette.js';
import { makePalette } from './palette.js';
import { shown } from './plain-words.js';
import { formatDuration } from './report-clock.js';
import { padText, textWidth } from './text-width.js';
import { hangText } from './text-wrap.js';

/** A probe's checklist. */
export function stepsText(
	steps: readonly Step[],
	{ columns, palette }: { readonly columns: number; readonly palette: Palette },
): readonly string[] {
	const ids = Math.max(0, ...steps.map(({ id }) => textWidth(id)));
	const times = Math.max(0, ...steps.map(({ ms }) => stepTime(ms).length));
	return steps.flatMap((step) => stepText(step, { columns, palette, ids, times }));
}

/** One step as it becomes known, in columns wide enough for those that are to come. */
export function liveStepText(step: Step, columns: number, colour: boolean): string {
	const palette = makePalette(colour);
	const widths = { ids: LONGEST_ID, times: LONGEST_TIME };
	return stepText(step, { columns: Math.max(40, columns), palette, ...widths }).join('\n');
}

const LONGEST_ID = 'unregistered'.length;
const LONGEST_TIME = '999 ms'.length;

interface StepPaper {
	readonly columns: number;
	readonly palette: Palette;
	readonly ids: number;
	readonly times: number;
}

function stepText(
	{ id, state, ms, text }: Step,
	{ columns, palette, ids, times }: StepPaper,
): readonly string[] {
	const head = `  ${STEP_SYMBOLS[state]} ${padText(id, ids)}  ${stepTime(ms).padStart(times)}`;
	const words = state === 'skipped' || state === 'cannot-tell' ? `${STEP_WORDS[state]}: ` : '';
	return hangText(head, `${words}${shown(text, 600)}`, {
		columns,
		indent: 4 + ids + 2 + times + 2,
		label: palette[STEP_PAINTS[state]],
	});
}

const STEP_SYMBOLS = {
	ok: '✓',
	warning: '!',
	failed: '✗',
	skipped: '–',
	'cannot-tell': '?',
} as const;
const STEP_WORDS = { skipped: 'skipped', 'cannot-tell': 'cannot tell' } as const;
const STEP_PAINTS = {
	ok: 'good',
	warning: 'warn',
	failed: 'bad',
	skipped: 'faint',
	'cannot-tell': 'faint',
} as const;

function stepTime(ms: number | undefined): string {
	return ms === undefined ? '' : formatDuration(ms);
}
