/** Payload that is no SIP, where a SIP answer was due. */
import type { ForeignAnswerEvent } from '../trace/observed.js';
import { hasNoResponse, lastTransaction } from './attempt-facts.js';
import type { Attempt } from './registration.js';

/** A keep-alive is a few bytes or blanks; with fewer nobody can say that it is another protocol. */
const MINIMUM_BYTES = 5;

/**
 * The answer to an attempt that got no SIP answer. STUN on a SIP port keeps flows alive (RFC 5626 §4.4.2), and so do
 * blanks and zeros of an SBC.
 */
export function foreignAnswerOf(attempt: Attempt): ForeignAnswerEvent | undefined {
	if (attempt.outcome !== 'unanswered' && attempt.outcome !== 'unreachable') return undefined;
	const last = lastTransaction(attempt)?.phone;
	if (last === undefined || !hasNoResponse(attempt)) return undefined;
	const found = attempt.failures.findLast(
		(event) =>
			event.kind === 'foreign-answer' &&
			event.at >= last.request.at &&
			event.looksLike !== 'stun' &&
			(event.looksLike !== undefined || !isKeepAlive(event.text)),
	);
	return found?.kind === 'foreign-answer' ? found : undefined;
}

function isKeepAlive(text: string): boolean {
	return text.replace(/[\s\0]/g, '').length < MINIMUM_BYTES;
}
