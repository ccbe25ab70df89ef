/* What is found of a capture as a whole, beside its registrations. */

import { sharedAddresses } from '../registration/shared-address.js';
import { CAPTURE_RULES } from './catalogue.js';
import type { Finding } from './finding.js';
import type { CaptureSubject, ProbedOutcome } from './rule.js';
import { type DiagnosedSilence, serverOutages } from './server-outage.js';

/** The worst first, as the rules stand; `registrations` are those of the capture that are kept. */
export function diagnoseCapture(
	{ scanners }: Pick<CaptureSubject, 'scanners'>,
	registrations: readonly (DiagnosedSilence & ProbedOutcome)[],
): readonly Finding[] {
	const capture: CaptureSubject = {
		...{ scanners, registrations },
		sharedAddresses: sharedAddresses(registrations),
	};
	const found = CAPTURE_RULES.flatMap((rule): readonly Finding[] => {
		const verdict = rule.checkCapture(capture);
		if (verdict.kind !== 'fires') return [];
		const { id, severity, title, fix } = rule;
		const { confidence, summary, evidence } = verdict;
		return [
			{
				...{ id, severity: verdict.severity ?? severity, confidence, attempt: 0, mended: false },
				...{ title, summary, evidence, fix: verdict.fix ?? fix },
			},
		];
	});
	return [...serverOutages(registrations), ...found];
}
