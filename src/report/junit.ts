/*
 * An analysis as JUnit XML, as GitLab, Jenkins and GitHub actions read it: a test suite a registration with a test case
 * for what became of it, and one for each step of a probe.
 */
import type { Analysis, DiagnosedRegistration, Step } from '../analysis/analysis.js';
import { type FailOn, isAtLeast } from './exit-code.js';
import { outcomeWords, registrationTitle, shown } from './plain-words.js';
import { escapeXml } from './xml.js';

interface TestCase {
	readonly name: string;
	readonly seconds: number | undefined;
	readonly result: 'passed' | 'failed' | 'skipped';
	/** One line. */
	readonly message: string;
	/** Of the failure: the id of the cause, or the step. */
	readonly type: string;
	readonly details: readonly string[];
}

/** The XML document, its last line not ended. `failOn`: the least severity that makes a registration a failure. */
export function renderJunit(analysis: Analysis, failOn: FailOn): string {
	const suites = analysis.registrations.map((registration) => ({
		name: registrationTitle(registration),
		cases: [outcomeCase(registration, failOn), ...registration.steps.map(stepCase)],
	}));
	const captures = captureCases(analysis, failOn);
	const all = captures.length === 0 ? suites : [...suites, { name: 'capture', cases: captures }];
	const cases = all.flatMap((suite) => suite.cases);
	return [
		'<?xml version="1.0" encoding="UTF-8"?>',
		`<testsuites${attributes({ name: 'sipdoctor', ...counts(cases) })}>`,
		...all.flatMap((suite) => [
			`\t<testsuite${attributes({ name: suite.name, ...counts(suite.cases), skipped: String(countOf(suite.cases, 'skipped')) })}>`,
			...suite.cases.flatMap((one) => testCase(one, suite.name)),
			'\t</testsuite>',
		]),
		'</testsuites>',
	].join('\n');
}

function outcomeCase(registration: DiagnosedRegistration, failOn: FailOn): TestCase {
	const { cause, outcome } = registration;
	const words = outcomeWords(registration);
	const failed = cause !== undefined && isAtLeast(cause.severity, failOn);
	return {
		name: 'registration',
		seconds: undefined,
		result: failed ? 'failed' : outcome === 'open' ? 'skipped' : 'passed',
		message: cause === undefined ? words : shown(cause.summary, 1200),
		type: cause?.id ?? outcome,
		details:
			cause === undefined
				? [words]
				: [
						words,
						`${cause.severity}[${cause.id}] ${cause.confidence}: ${shown(cause.summary, 1200)}`,
						...cause.fix.map(({ who, what }) => `fix (${who}): ${shown(what)}`),
					],
	};
}

function stepCase({ id, state, ms, text }: Step): TestCase {
	const words = `${state === 'warning' ? 'warning: ' : ''}${shown(text, 600)}`;
	return {
		name: id,
		seconds: ms === undefined ? undefined : ms / 1000,
		result: state === 'failed' ? 'failed' : STATES_SKIPPED.has(state) ? 'skipped' : 'passed',
		message: state === 'cannot-tell' ? `cannot tell: ${words}` : words,
		type: id,
		details: [words],
	};
}

const STATES_SKIPPED: ReadonlySet<Step['state']> = new Set(['skipped', 'cannot-tell']);

/** Findings of the whole, where they count. */
function captureCases({ findings }: Analysis, failOn: FailOn): readonly TestCase[] {
	return findings.map(({ id, severity, mended, summary }) => ({
		name: id,
		seconds: undefined,
		result: !mended && isAtLeast(severity, failOn) ? 'failed' : 'passed',
		message: shown(summary, 1200),
		type: id,
		details: [shown(summary, 1200)],
	}));
}

function testCase(one: TestCase, suite: string): readonly string[] {
	const { name, seconds, result, message, type, details } = one;
	const time = seconds === undefined ? {} : { time: seconds.toFixed(3) };
	const open = `\t\t<testcase${attributes({ classname: suite, name, ...time })}>`;
	const text = escapeXml(details.join('\n')).replaceAll('&#10;', '\n');
	const inner =
		result === 'failed'
			? `\t\t\t<failure${attributes({ type, message })}>${text}</failure>`
			: result === 'skipped'
				? `\t\t\t<skipped${attributes({ message })}/>`
				: `\t\t\t<system-out>${text}</system-out>`;
	return [open, inner, '\t\t</testcase>'];
}

function countOf(cases: readonly TestCase[], result: TestCase['result']): number {
	return cases.filter((one) => one.result === result).length;
}

/** What both test suites and the whole have; `errors` is required by the schema of Jenkins' xUnit. */
function counts(cases: readonly TestCase[]): Readonly<Record<string, string>> {
	const failed = countOf(cases, 'failed');
	return { tests: String(cases.length), failures: String(failed), errors: '0' };
}

function attributes(values: Readonly<Record<string, string>>): string {
	return Object.entries(values)
		.map(([name, value]) => ` ${name}="${escapeXml(value)}"`)
		.join('');
}
