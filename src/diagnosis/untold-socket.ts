import { hasNoResponse, lastTransaction } from '../registration/attempt-facts.js';
import type { Subject, Verdict } from './rule.js';

/**
 * The answer of a probe whose REGISTER over UDP stayed without one, where only the wire shows why: Linux tells a socket of
 * a closed port and of a filter that refuses, and keeps host or network unreachable and a dead gateway to itself, as
 * they may pass (RFC 1122 §4.2.3.9). Undefined for everything else.
 */
export function untoldInProbe(
	{ isProbe, attempt }: Subject,
	because: string,
	filter: string,
): Verdict | undefined {
	if (!isProbe || attempt.outcome !== 'unanswered' || !hasNoResponse(attempt)) return undefined;
	if (lastTransaction(attempt)?.phone.transport !== 'udp') return undefined;
	const decidedBy = `a capture on this machine while it probes: tcpdump ${filter}`;
	return { kind: 'cannot-tell', because, decidedBy };
}
