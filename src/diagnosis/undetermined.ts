/** When nothing fits: what was seen, and which capture or experiment would decide it. */
import { describeStatus, lastTransaction } from '../registration/attempt-facts.js';
import type { Attempt } from '../registration/registration.js';
import { evidenceOf, inOrder } from './evidence.js';
import type { CannotTell, Evidence, Finding } from './finding.js';

const UNDETERMINED = 'undetermined';

/** A failed attempt without a cause. Undefined only where it has not a single message or event to point at. */
export function undetermined(
	attempt: Attempt,
	cannotTell: readonly CannotTell[],
): Finding | undefined {
	const last = lastTransaction(attempt)?.phone;
	const seen =
		last?.final ?? last?.responses.at(-1) ?? last?.sends.at(-1) ?? attempt.failures.at(-1);
	if (seen === undefined) return undefined;
	const what =
		last?.final === undefined
			? `the attempt ended ${attempt.outcome}`
			: `the last answer is ${describeStatus(last.final)}`;
	const [first] = cannotTell;
	const evidence: Evidence = evidenceOf(seen, 'Outcome', what);
	return {
		id: UNDETERMINED,
		severity: 'fatal',
		confidence: 'possible',
		attempt: attempt.number,
		mended: false,
		title: 'The evidence does not decide between several causes',
		summary:
			first === undefined
				? `Not registered, ${what}, and no rule explains it from this capture.`
				: `Not registered, ${what}; ${first.because}.`,
		evidence: inOrder(evidence),
		fix: [
			{
				who: 'capturer',
				what:
					first === undefined
						? 'Capture the phone and the server at the same time with full packets (tcpdump -s 0), and give the account with --accounts.'
						: `What would decide it: ${first.decidedBy}.`,
			},
		],
	};
}
