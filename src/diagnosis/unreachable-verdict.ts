/** The three ICMP rules say the same of different codes: who reports what, about which REGISTER. */
import { formatEndpoint } from '../net/endpoint.js';
import {
	hasNoResponse,
	lastTransaction,
	unreachableEvents,
} from '../registration/attempt-facts.js';
import type { UnreachableEvent } from '../trace/observed.js';
import { evidenceOf, inOrder } from './evidence.js';
import type { Confidence } from './finding.js';
import { SILENT, type Subject, type Verdict } from './rule.js';

const CODES: Readonly<Record<UnreachableEvent['reason'], string>> = {
	port: 'port unreachable',
	host: 'host unreachable',
	network: 'network unreachable',
	protocol: 'protocol unreachable',
	'admin-prohibited': 'administratively prohibited',
	'fragmentation-needed': 'fragmentation needed',
	'time-exceeded': 'time exceeded',
	other: 'destination unreachable',
};

/** Fires where no SIP response came to the attempt and an ICMP error of one of the reasons quotes its REGISTER. */
export function unreachableVerdict(
	{ attempt }: Subject,
	reasons: readonly UnreachableEvent['reason'][],
	meaning: (event: UnreachableEvent, server: string) => string,
): Verdict {
	const transaction = lastTransaction(attempt)?.phone;
	if (transaction === undefined || !hasNoResponse(attempt)) return SILENT;
	if (attempt.outcome !== 'unreachable') return SILENT;
	const events = unreachableEvents(attempt, ...reasons);
	const [event] = events;
	if (event === undefined) return SILENT;
	const server = formatEndpoint(transaction.server);
	return {
		kind: 'fires',
		confidence: confidenceOf(event, transaction.server.address),
		summary: meaning(event, server),
		evidence: inOrder(
			evidenceOf(transaction.request, 'REGISTER', `to ${server}`),
			evidenceOf(
				event,
				event.icmp === undefined ? 'Socket error' : 'ICMP',
				describe(event, events.length),
			),
		),
	};
}

/** Port unreachable is the host's own word; from anybody else it is a filter that speaks in its name. */
function confidenceOf({ icmp, reason, reporter }: UnreachableEvent, server: string): Confidence {
	if (icmp === undefined) return 'strong';
	return reason === 'port' && reporter !== server ? 'likely' : 'proven';
}

/** `203.0.113.10`, or that the sender is not known. */
export function reporterOf({ reporter }: UnreachableEvent): string {
	return reporter ?? 'somebody on the path (a socket is not told who)';
}

function describe(event: UnreachableEvent, count: number): string {
	const times = count === 1 ? '' : `, ${count} times`;
	if (event.icmp === undefined) return `${event.errno ?? 'error'}: ${CODES[event.reason]}${times}`;
	const { version, type, code } = event.icmp;
	const protocol = version === 6 ? 'ICMPv6' : 'ICMP';
	return `${protocol} type ${type} code ${code}, ${CODES[event.reason]}, from ${reporterOf(event)}${times}`;
}
