/** Two rules say that a phone came back too late: by its own request, or for a reason that is not known. */
import { seconds } from '../registration/attempt-facts.js';
import { grantField, type LateRefresh } from '../registration/refreshes.js';
import { evidenceOf, inOrder } from './evidence.js';
import type { Confidence } from './finding.js';
import { SILENT, type Verdict } from './rule.js';

/** Once may be a computer that slept, or a line that was down. */
const STRONG = 2;
const MAX_EVIDENCE = 3;

export function lateRefreshVerdict(
	late: readonly LateRefresh[],
	because: string,
	once: Confidence = 'likely',
): Verdict {
	const last = late.at(-1);
	if (last === undefined) return SILENT;
	const { grantedSeconds, requestedSeconds, afterMs } = last;
	const shown = late.slice(-MAX_EVIDENCE);
	const often = late.length > 1 ? ` (${late.length} times)` : '';
	return {
		kind: 'fires',
		confidence: late.length >= STRONG ? 'strong' : once,
		summary: `The registrar granted ${grantedSeconds} s${requestedSeconds === undefined ? '' : ` of ${requestedSeconds} s`}, and the next REGISTER came after ${seconds(afterMs)}${often}${because}: for ${seconds(afterMs - grantedSeconds * 1000)} the phone was not registered.`,
		evidence: inOrder(
			evidenceOf(last.granted, grantField(last.granted), `${grantedSeconds} s`),
			...shown.map((one) =>
				evidenceOf(one.next, 'REGISTER', `${seconds(one.afterMs)} after the 200`),
			),
		),
	};
}
