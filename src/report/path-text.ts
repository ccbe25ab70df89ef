import type { DiagnosedRegistration } from '../analysis/analysis.js';
import { INDENT, type Paper } from './finding-text.js';
import { pathSteps } from './path-steps.js';
import { shown } from './plain-words.js';
import { padText } from './text-width.js';
import { hangText } from './text-wrap.js';

/** Longer ways are loops. */
const MAX_STEPS = 4;

/**
 * The way through proxies and SBCs, and what each of them changed; nothing where the phone talks to the registrar
 * itself. Told of the latest REGISTER of the decisive attempt that went the whole way, else of any.
 */
export function pathText(registration: DiagnosedRegistration, paper: Paper): readonly string[] {
	const steps = pathSteps(registration).slice(0, MAX_STEPS);
	const [first] = steps;
	if (first === undefined) return [];
	const { columns, palette } = paper;
	const last = steps.length - 1;
	const way = [
		`phone ${first.before.client.address}`,
		...steps.map(({ before }) => `SBC or proxy ${before.server.address}`),
		`registrar ${steps[last]?.after.server.address ?? ''}`,
	].join(' → ');
	return [
		...hangText(padText('  path', INDENT - 1), way, { columns, indent: INDENT }),
		...steps.flatMap(({ before, changes }) =>
			hangText(
				`${' '.repeat(INDENT)}${before.server.address}:`,
				changes.length === 0 ? 'passed on as it came' : shown(changes.join('; '), 600),
				{ columns, indent: INDENT + 2, label: palette.faint },
			),
		),
	];
}
