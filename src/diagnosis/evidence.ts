import type { SipMessage } from '../sip/message.js';
import type { Observed } from '../trace/observed.js';
import { type ClientTransaction, sentTimes } from '../transaction/client-transaction.js';
import type { Evidence } from './finding.js';

/** What evidence points at: a message or an event with its source, frame and time. */
type Seen = Pick<Observed<SipMessage>, 'source' | 'frame' | 'at'>;

/** Evidence that points at the frame of a message, or of a network event. */
export function evidenceOf(seen: Seen, field: string, text: string): Evidence {
	return { source: seen.source, frame: seen.frame, at: seen.at, field, text };
}

/** The same, or nothing where there is nothing to point at. */
export function evidenceIf(seen: Seen | undefined, field: string, text: string): Evidence[] {
	return seen === undefined ? [] : [evidenceOf(seen, field, text)];
}

/** The last copy of a REGISTER that was sent more than once; nothing of one that was sent once. */
export function lastCopyOf(transaction: ClientTransaction): Evidence[] {
	const last = transaction.sends.at(-1);
	if (last === undefined || last === transaction.request) return [];
	return [evidenceOf(last, 'REGISTER', `last of ${sentTimes(transaction)} copies`)];
}

/** Evidence in order of time; the first argument says that there is at least one. */
export function inOrder(
	first: Evidence,
	...others: readonly Evidence[]
): readonly [Evidence, ...Evidence[]] {
	const [earliest, ...later] = [first, ...others].toSorted(
		(a, b) => a.at - b.at || a.frame - b.frame,
	);
	return [earliest ?? first, ...later];
}
