/* What a probe's experiments proved, as findings of the whole, and what they say of findings that were made without them. */
import { findRule } from '../diagnosis/catalogue.js';
import type { Evidence, Finding } from '../diagnosis/finding.js';
import type { ExperimentEvent } from '../trace/observed.js';
import type { Analysis, DiagnosedRegistration } from './analysis.js';

const ALG = 'sip-alg';

/** The analysis of probes with their experiments: a table each, and a finding for each probe that proved an ALG. */
export function withExperiments(
	analysis: Analysis,
	experiments: readonly ExperimentEvent[],
): Analysis {
	if (experiments.length === 0) return analysis;
	const sources = [...new Set(experiments.map(({ source }) => source))];
	const of = (source: string) => experiments.filter((one) => one.source === source);
	const settled = new Set(sources.filter((source) => isSettled(of(source))));
	return {
		...analysis,
		experiments: experiments.map(({ source, id, verdict, text, columns, rows }) => {
			return { source, id, verdict, text, columns, rows };
		}),
		findings: [...sources.flatMap((source) => algFinding(of(source)) ?? []), ...analysis.findings],
		registrations: analysis.registrations.map((one) =>
			one.probe !== undefined && settled.has(one.probe.source) ? withoutGuess(one) : one,
		),
	};
}

function isSettled(experiments: readonly ExperimentEvent[]): boolean {
	return experiments.some(({ verdict }) => verdict === 'no-alg' || verdict === 'alg-proven');
}

function algFinding(experiments: readonly ExperimentEvent[]): Finding | undefined {
	const proven = experiments.filter(({ verdict }) => verdict === 'alg-proven');
	const [main] = proven;
	const rule = findRule(ALG);
	const [first, ...more] = proven.flatMap(evidenceOf);
	if (main === undefined || rule === undefined || first === undefined) return undefined;
	return {
		...{ id: ALG, severity: rule.severity, confidence: 'proven', attempt: 0, mended: false },
		...{ title: rule.title, summary: `${main.text}.`, evidence: [first, ...more], fix: rule.fix },
	};
}

function evidenceOf({ source, proof }: ExperimentEvent): readonly Evidence[] {
	return proof.map((one) => ({ source, ...one }));
}

/** A likely ALG was read from one REGISTER; the experiments have compared two requests. */
function withoutGuess(registration: DiagnosedRegistration): DiagnosedRegistration {
	const findings = registration.findings.filter(
		({ id, confidence }) => id !== ALG || confidence !== 'likely',
	);
	return { ...registration, findings };
}
