/** The three ICMP rules say the same of different codes: who reports what, about which REGISTER. */
import { formatEndpoint } from '../net/endpoint.js';
import {
	hasNoResponse,
	lastTransaction,
	unreachableEvents,
} from '../registration/attempt-facts.js';
import type { UnreachableEvent } from '../trace/observed.js';
import { connectVerdict } from './connection-verdict.js';
import { evidenceOf, inOrder } from './evidence.js';
import type { Confidence } from './finding.js';
import { icmpWords, reporterOf, UNREACHABLE_WORDS } from './icmp-words.js';
import { SILENT, type Subject, type Verdict } from './rule.js';

/**
 * Fires where no SIP response came to the attempt and an ICMP error of one of the reasons quotes its REGISTER, or the
 * first packet of the connection that should have carried it.
 */
export function unreachableVerdict(
	subject: Subject,
	reasons: readonly UnreachableEvent['reason'][],
	meaning: (event: Refusal, server: string, what: string) => string,
): Verdict {
	const refused = refusedRegister(subject, reasons, meaning);
	if (refused.kind === 'fires') return refused;
	return connectVerdict(subject, {
		isMeant: ({ refusal }) => refusal !== undefined && reasons.includes(refusal.reason),
		meaning: ({ refusal }, server) =>
			refusal === undefined ? '' : meaning(refusal, server, 'the TCP connection'),
		confidence: ({ refusal }) => (refusal?.icmp === undefined ? 'strong' : 'proven'),
	});
}

/** What is known of the ICMP error, whichever packet it quotes. */
export type Refusal = Pick<UnreachableEvent, 'reason' | 'reporter' | 'icmp'>;

/** The same for the REGISTER alone. */
export function refusedRegister(
	{ attempt }: Subject,
	reasons: readonly UnreachableEvent['reason'][],
	meaning: (event: Refusal, server: string, what: string) => string,
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
		summary: meaning(event, server, 'the REGISTER'),
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

function describe(event: UnreachableEvent, count: number): string {
	const times = count === 1 ? '' : `, ${count} times`;
	if (event.icmp === undefined)
		return `${event.errno ?? 'error'}: ${UNREACHABLE_WORDS[event.reason]}${times}`;
	return `${icmpWords(event.reason, event.icmp)}, from ${reporterOf(event)}${times}`;
}
