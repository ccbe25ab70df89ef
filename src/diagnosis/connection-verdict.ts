/** What TCP, or a probe's socket, told before any SIP answer could come. */
import { formatEndpoint } from '../net/endpoint.js';
import { lastTransaction } from '../registration/attempt-facts.js';
import {
	flowKey,
	flowOf,
	isCutAfterTls,
	isFlowEvent,
	isFlowFailure,
	isLargeSegmentLost,
} from '../registration/flow-event.js';
import type { Attempt } from '../registration/registration.js';
import { tcpFallbackOf } from '../registration/tcp-fallback.js';
import type { ConnectionEvent } from '../trace/observed.js';
import { evidenceIf, evidenceOf, inOrder } from './evidence.js';
import type { Confidence } from './finding.js';
import { icmpWords, reporterOf } from './icmp-words.js';
import { SILENT, type Subject, type Verdict } from './rule.js';

export interface ConnectionWords {
	readonly isMeant: (event: ConnectionEvent) => boolean;
	readonly meaning: (event: ConnectionEvent, server: string) => string;
	readonly confidence?: (event: ConnectionEvent) => Confidence;
}

/** Fires where the attempt's connection did not come up in this way, and no better word for it is there. */
export function connectVerdict(subject: Subject, words: ConnectionWords): Verdict {
	const { attempt } = subject;
	if (attempt.outcome !== 'unreachable' || tcpFallbackOf(attempt) !== undefined) return SILENT;
	const failure = attempt.failures.findLast(
		(event) => event.kind === 'connection' && event.established !== true && words.isMeant(event),
	);
	if (failure?.kind !== 'connection' || !isFlowFailure(failure)) return SILENT;
	return connectionFires(failure, words);
}

/** Fires where the connection of the attempt's last REGISTER was cut, unless TLS, WebSocket or an answer says why. */
export function cutVerdict({ attempt }: Subject, words: ConnectionWords): Verdict {
	if (attempt.outcome !== 'unreachable' && attempt.outcome !== 'unanswered') return SILENT;
	const failure = attempt.failures.findLast(
		(event) => event.kind === 'connection' && isFlowFailure(event) && words.isMeant(event),
	);
	if (failure?.kind !== 'connection') return cutAfterTls(attempt);
	if (isExplained(failure, attempt)) return SILENT;
	const last = lastTransaction(attempt)?.phone;
	const isOfLast =
		last === undefined ||
		(last.responses.length === 0 &&
			(failure.established === undefined || isOnFlow(failure, last.client, last.server)));
	return isOfLast ? connectionFires(failure, words, attempt) : SILENT;
}

/** TLS hides the REGISTER: that the server left before it said anything is all that can be seen. */
function cutAfterTls(attempt: Attempt): Verdict {
	const event = attempt.failures.findLast(isCutAfterTls);
	if (event?.kind !== 'tls' || attempt.transactions.length > 0) return SILENT;
	const server = formatEndpoint(event.dst);
	return {
		kind: 'fires',
		confidence: 'likely',
		summary: `${server} closes the TLS connection after the first data of the phone, before it sends any.`,
		evidence: inOrder(
			evidenceOf(event, 'TLS', 'closed by the server, no data came back after the handshake'),
		),
	};
}

function isOnFlow(
	failure: ConnectionEvent,
	src: ConnectionEvent['src'],
	dst: ConnectionEvent['dst'],
): boolean {
	return flowKey(failure) === flowKey({ src, dst });
}

/** The same flow has a failed handshake, or an answer that is no SIP: the end of the connection only follows from it. */
function isExplained(failure: ConnectionEvent, { failures }: Attempt): boolean {
	if (isLargeSegmentLost(failure)) return true;
	return failures.some((event) => {
		if (event === failure || flowOf(event) !== flowKey(failure)) return false;
		if (event.kind === 'connection') return isLargeSegmentLost(event);
		if (isCutAfterTls(event)) return false;
		return event.kind === 'foreign-answer' || (isFlowEvent(event) && isFlowFailure(event));
	});
}

function connectionFires(
	failure: ConnectionEvent,
	{ meaning, confidence }: ConnectionWords,
	attempt?: Attempt,
): Verdict {
	const server = formatEndpoint(failure.dst);
	const request = attempt === undefined ? undefined : lastTransaction(attempt)?.phone.request;
	return {
		kind: 'fires',
		confidence: confidence?.(failure) ?? 'proven',
		summary: meaning(failure, server),
		evidence: inOrder(
			evidenceOf(
				failure,
				`${failure.transport.toUpperCase()} ${failure.established === true ? 'connection' : 'connect'}`,
				describe(failure, server),
			),
			...evidenceIf(request, 'REGISTER', `to ${server}, not answered`),
		),
	};
}

/** `203.0.113.5:5060: RST from the server`; a socket's errno where only that is known. */
function describe(failure: ConnectionEvent, server: string): string {
	const { errno, outcome, by, copies, refusal } = failure;
	if (errno !== undefined) return `${server}: ${errno}`;
	if (refusal?.icmp !== undefined)
		return `${server}: ${icmpWords(refusal.reason, refusal.icmp)}, from ${reporterOf(refusal)}`;
	const times = copies === undefined ? '' : `, ${copies} times`;
	if (outcome === 'timed-out') return `${server}: SYN${times} without an answer`;
	if (by === undefined) return `${server}: ${outcome}${times}`;
	const flag = outcome === 'closed' ? 'FIN' : 'RST';
	return `${server}: ${flag} from ${by === 'middle' ? 'somebody on the path (its TTL is not that of the server)' : `the ${by}`}`;
}
