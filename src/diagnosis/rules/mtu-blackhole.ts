import { formatEndpoint } from '../../net/endpoint.js';
import { lastTransaction, unreachableEvents } from '../../registration/attempt-facts.js';
import type { ConnectionEvent } from '../../trace/observed.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT, type Subject, type Verdict } from '../rule.js';

export default defineRule({
	id: 'mtu-blackhole',
	severity: 'fatal',
	title: 'Large packets vanish on the way, small ones pass',
	references: ['RFC 2923 §2.1', 'RFC 1191 §4', 'RFC 4821 §2'],
	explanation: {
		means:
			'The handshake and other small packets pass, a large one is sent again and again without an acknowledgement, or a router says that it is too big. The path carries less than the sender believes, and is never told, or does not listen.',
		causes: [
			'A tunnel or PPPoE with a smaller MTU, and a firewall that drops ICMP.',
			'The phone sends with "do not fragment" and ignores "fragmentation needed".',
			'A wrong MTU on a switch or a virtual interface.',
		],
		confirm:
			'ping with "do not fragment" and growing size towards the server; capture at both ends and compare the largest packets.',
		lookAlikes: [
			'A single "fragmentation needed", after which smaller packets follow and are answered, is path MTU discovery at work.',
			'Loss that also hits small packets is no matter of size.',
		],
	},
	fix: [
		{
			who: 'site-network',
			what: 'Clamp the MSS to the MTU of the tunnel, and let ICMP "fragmentation needed" pass.',
		},
		{ who: 'phone', what: 'Set a smaller MTU, or use fewer header fields.' },
	],
	check(subject) {
		const { attempt } = subject;
		if (attempt.outcome !== 'unreachable' && attempt.outcome !== 'unanswered') return SILENT;
		const segment = attempt.failures.findLast(
			(event) => event.kind === 'connection' && event.unacknowledgedLength !== undefined,
		);
		return segment?.kind === 'connection' ? ofSegment(segment) : ofDatagram(subject);
	},
});

function ofSegment(event: ConnectionEvent): Verdict {
	const { unacknowledgedLength = 0, copies, dst } = event;
	const times = copies === undefined ? 'again and again' : `${copies} times`;
	return {
		kind: 'fires',
		confidence: 'strong',
		summary: `A segment of ${unacknowledgedLength} bytes on the connection to ${formatEndpoint(dst)} was sent ${times} and never acknowledged, while smaller ones were.`,
		evidence: inOrder(
			evidenceOf(event, 'TCP segment', `${unacknowledgedLength} bytes, sent ${times}, no ACK`),
		),
	};
}

function ofDatagram({ attempt }: Subject): Verdict {
	const last = lastTransaction(attempt)?.phone;
	if (last === undefined || last.responses.length > 0) return SILENT;
	const [event, ...more] = unreachableEvents(attempt, 'fragmentation-needed');
	if (event === undefined) return SILENT;
	const length = last.request.packet.payloadLength;
	const by = event.reporter ?? 'a router';
	return {
		kind: 'fires',
		// Copies that are told so again show that the phone does not listen.
		confidence: more.length > 0 ? 'proven' : 'strong',
		summary: `${by} says that the REGISTER of ${length} bytes to ${formatEndpoint(last.server)} is too big to pass, and no smaller one was answered.`,
		evidence: inOrder(
			evidenceOf(last.request, 'REGISTER', `${length} bytes`),
			evidenceOf(event, 'ICMP', `fragmentation needed, from ${by}, ${more.length + 1} times`),
		),
	};
}
