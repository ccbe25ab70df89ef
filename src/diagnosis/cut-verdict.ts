import { howCut } from '../registration/how-cut.js';
import type { Observed } from '../trace/observed.js';
import type { Verdict } from './rule.js';

/** The verdict of a rule where what it would read may be in the part of a message that was not captured. */
export function cutVerdict(observed: Observed, message: string, consequence = ''): Verdict {
	const isBeginning = observed.packet.isBeginning === true;
	return {
		kind: 'cannot-tell',
		because: `${howCut(observed, message)}${consequence}`,
		decidedBy: isBeginning
			? 'a capture without a filter on ports, which only the first fragment has'
			: 'a capture with full packets (tcpdump -s 0)',
	};
}
