/* What a probe's experiments proved, as findings of the whole, and what they say of findings that were made without them. */
import type { Analysis, DiagnosedRegistration } from '../analysis/analysis.js';
import { findRule } from '../diagnosis/catalogue.js';
import type { Evidence, Finding } from '../diagnosis/finding.js';
import type { Experiment, ExperimentProof } from '../probe/experiments/experiment.js';

const ALG = 'sip-alg';
const PROBE = 'probe';

/** The analysis of a probe, with its experiments: a table each, and a finding where one proved an ALG. */
export function withExperiments(analysis: Analysis, experiments: readonly Experiment[]): Analysis {
	const alg = algFinding(experiments);
	const isRefuted = alg === undefined && experiments.some(({ verdict }) => verdict === 'no-alg');
	const settled = alg !== undefined || isRefuted;
	return {
		...analysis,
		experiments,
		findings: [...(alg === undefined ? [] : [alg]), ...analysis.findings],
		registrations: analysis.registrations.map((one) => (settled ? withoutGuess(one) : one)),
	};
}

function algFinding(experiments: readonly Experiment[]): Finding | undefined {
	const proven = experiments.filter(({ verdict }) => verdict === 'alg-proven');
	const [main] = proven;
	const rule = findRule(ALG);
	const [first, ...more] = proven.flatMap(({ proof }) => proof).map(evidenceOf);
	if (main === undefined || rule === undefined || first === undefined) return undefined;
	return {
		...{ id: ALG, severity: rule.severity, confidence: 'proven', attempt: 0, mended: false },
		...{ title: rule.title, summary: `${main.text}.`, evidence: [first, ...more], fix: rule.fix },
	};
}

function evidenceOf({ frame, at, field, text }: ExperimentProof): Evidence {
	return { source: PROBE, frame, at, field, text };
}

/** A likely ALG was read from one REGISTER; the experiments have compared two requests. */
function withoutGuess(registration: DiagnosedRegistration): DiagnosedRegistration {
	const findings = registration.findings.filter(
		({ id, confidence }) => id !== ALG || confidence !== 'likely',
	);
	return { ...registration, findings };
}
