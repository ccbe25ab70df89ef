/** The DNS rules say the same of different answers: which question, and what came of it. */
import { type NameFailure, nameFailures } from '../registration/name-failure.js';
import { evidenceOf, inOrder } from './evidence.js';
import { SILENT, type Subject, type Verdict } from './rule.js';

/** Fires where the attempt came to an end at a name, in one of these ways. */
export function resolutionVerdict(
	{ attempt, registration }: Subject,
	outcomes: readonly NameFailure['outcome'][],
	meaning: (failure: NameFailure) => string,
): Verdict {
	if (attempt.outcome !== 'unreachable') return SILENT;
	const failure = nameFailures(attempt, registration.lookups).find(({ outcome }) =>
		outcomes.includes(outcome),
	);
	if (failure === undefined) return SILENT;
	return {
		kind: 'fires',
		confidence: 'proven',
		summary: meaning(failure),
		evidence: inOrder(evidenceOf(failure.seen, 'DNS', failure.words)),
	};
}
