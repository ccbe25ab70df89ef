import { hasNoResponse, lastTransaction } from '../registration/attempt-facts.js';
import { isFlowFailure } from '../registration/flow-event.js';
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

/**
 * The answer of a probe whose TCP connection over IPv4 was refused by ICMP: Linux tells a socket EHOSTUNREACH or
 * ENETUNREACH of a filter that forbids it and of a host that is not there. Undefined for everything else; ICMPv6 is told apart.
 */
export function untoldOfConnection({ isProbe, attempt }: Subject): Verdict | undefined {
	if (!isProbe || attempt.outcome !== 'unreachable') return undefined;
	const refused = attempt.failures.some(
		(event) =>
			event.kind === 'connection' &&
			isFlowFailure(event) &&
			(event.refusal?.reason === 'host' || event.refusal?.reason === 'network') &&
			!event.dst.address.includes(':'),
	);
	if (!refused) return undefined;
	return {
		kind: 'cannot-tell',
		because:
			'a TCP socket is told the same of a filter that forbids it and of a host that is not there',
		decidedBy: "a capture on this machine while it probes: tcpdump 'icmp or port 5060'",
	};
}
