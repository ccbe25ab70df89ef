/*
 * One line and an exit code as Nagios, Icinga and their like read them (Monitoring Plugins Development Guidelines):
 * 0 healthy, 1 a degraded cause, 2 a fatal one, 3 unknown; behind the bar what may be drawn as a graph.
 */
import type { Analysis, DiagnosedRegistration } from '../analysis/analysis.js';
import type { Outcome } from '../registration/registration.js';
import { outcomeWords, registrationName, shown } from './plain-words.js';
import { formatDuration } from './report-clock.js';

export type NagiosExit = 0 | 1 | 2 | 3;

export interface NagiosResult {
	readonly exit: NagiosExit;
	/** Without its line break. */
	readonly line: string;
}

const STATES = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const;

/** Outcomes that are what was asked for. */
const WANTED: ReadonlySet<Outcome> = new Set(['registered', 'unregistered', 'queried']);

/** What graphs call bad most; of several registrations the worst is told first. */
const WORST_FIRST: readonly NagiosExit[] = [2, 1, 3, 0];

/** The result of a probe. `interrupted`: the user broke it off, so nothing was found out. */
export function nagiosResult(analysis: Analysis, interrupted: boolean): NagiosResult {
	if (interrupted) return nagiosUnknown('interrupted');
	const judged = analysis.registrations.map((registration) => ({
		registration,
		exit: exitOf(registration),
	}));
	judged.sort((a, b) => WORST_FIRST.indexOf(a.exit) - WORST_FIRST.indexOf(b.exit));
	const [worst] = judged;
	if (worst === undefined) return nagiosUnknown('nothing was probed');
	const others = judged.length - 1;
	const bad = judged.filter(({ exit }) => exit !== 0).length;
	const more = others > 0 ? ` (${bad} of ${judged.length} registrations with a problem)` : '';
	const words = `${wordsOf(worst.registration)}${more}`;
	return { exit: worst.exit, line: lineOf(worst.exit, words, perfdata(worst.registration)) };
}

/** Wrong usage, or a machine that did not let us. */
export function nagiosUnknown(message: string): NagiosResult {
	return { exit: 3, line: lineOf(3, shown(message, 500), []) };
}

function exitOf(registration: DiagnosedRegistration): NagiosExit {
	const { outcome, cause } = registration;
	if (untested(registration) !== undefined) return 3;
	if (cause?.severity === 'fatal') return 2;
	if (outcome === 'open') return 3;
	if (!WANTED.has(outcome)) return 2;
	return cause?.severity === 'degraded' ? 1 : 0;
}

/** Why a probe did not try to register, in the words of the step where it stopped. */
function untested({ outcome, steps }: DiagnosedRegistration): string | undefined {
	if (outcome !== 'open' && outcome !== 'queried' && outcome !== 'challenged') return undefined;
	const of = (id: string) => steps.find((step) => step.id === id);
	const [challenge, credentials, binding] = [of('challenge'), of('credentials'), of('binding')];
	if (challenge?.state === 'failed') return undefined;
	if (binding?.state === 'warning') return shown(binding.text, 400);
	if (binding?.state === 'skipped' && credentials?.state === 'skipped')
		return shown(credentials.text, 400);
	return undefined;
}

function wordsOf(registration: DiagnosedRegistration): string {
	const { cause, outcome } = registration;
	const who = registrationName(registration).replace(/^sips?:/, '');
	const stopped = untested(registration);
	if (stopped !== undefined) return `${who}: ${stopped}`;
	const ms = answeredMs(registration);
	const time = ms === undefined ? '' : ` in ${formatDuration(ms)}`;
	const what = outcome === 'registered' ? `registered${time}` : outcomeWords(registration);
	return cause === undefined
		? `${who} ${what}`
		: `${who} ${what}: ${cause.id}: ${shown(cause.summary, 400)}`;
}

/** First REGISTER of the decisive attempt to its last final answer. */
function answeredMs({ decisive }: DiagnosedRegistration): number | undefined {
	const first = decisive?.transactions[0]?.phone.request.at;
	const last = decisive?.transactions.at(-1)?.phone.final?.at;
	return first === undefined || last === undefined || last < first
		? undefined
		: (last - first) / 1000;
}

function perfdata(registration: DiagnosedRegistration): readonly string[] {
	const ms = answeredMs(registration);
	const { grantedExpires, outcome } = registration;
	return [
		...(ms === undefined ? [] : [`time=${(ms / 1000).toFixed(3)}s;;;`]),
		...(grantedExpires === undefined || outcome !== 'registered'
			? []
			: [`expires=${grantedExpires}s`]),
	];
}

function lineOf(exit: NagiosExit, words: string, data: readonly string[]): string {
	// The bar is what separates the two, so none may stand in the words.
	const text = `SIP ${STATES[exit]} - ${words.replaceAll('|', '/').replace(/\s+/g, ' ')}`;
	return data.length === 0 ? text : `${text} | ${data.join(' ')}`;
}
