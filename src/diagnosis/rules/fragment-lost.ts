import { formatEndpoint } from '../../net/endpoint.js';
import { lastTransaction, unreachableEvents } from '../../registration/attempt-facts.js';
import { fragmentWords, lostFragmentsOf } from '../../registration/lost-fragments.js';
import type { FragmentEvent } from '../../trace/observed.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT, type Subject, type Verdict } from '../rule.js';

export default defineRule({
	id: 'fragment-lost',
	severity: 'fatal',
	alsoWhereAccepted: true,
	title: 'The message is too large for one packet, and a fragment of it is lost',
	references: ['RFC 3261 §18.1.1', 'RFC 8900 §3', 'RFC 791 §3.2'],
	explanation: {
		means:
			'A REGISTER, or its answer, was larger than the path carries in one packet and was cut into IP fragments. Not all of them arrive, so nothing can be put together at the other end.',
		causes: [
			'A firewall or NAT drops fragments: only the first one carries ports.',
			'A tunnel or PPPoE makes fragments of what fitted before.',
			'The REGISTER grew beyond 1300 bytes: many codecs, long tokens, a body.',
		],
		confirm:
			'Capture at both ends without a port filter and count the fragments. Try TCP: what then registers was a matter of size.',
		lookAlikes: [
			'tcpdump with a port filter records only the first fragment, and the message was answered all the same.',
			'One fragment lost by chance: the next copy of the message is complete.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Use TCP or TLS, or fewer codecs and header fields: stay below 1300 bytes.',
		},
		{ who: 'site-network', what: 'Let fragments pass, or reassemble them, on firewall and NAT.' },
	],
	check(subject) {
		const { attempt } = subject;
		if (attempt.outcome === 'registered') return ofAcceptance(subject);
		// Challenged: the credentials that follow are in the fragments that were lost.
		if (!['unanswered', 'unreachable', 'challenged'].includes(attempt.outcome)) return SILENT;
		const lost = lostFragmentsOf(attempt);
		const [first] = lost;
		if (first !== undefined) return ofLost(first, lost, subject);
		const expired = unreachableEvents(attempt, 'time-exceeded').find(
			({ icmp }) => icmp?.code === 1,
		);
		const last = lastTransaction(attempt)?.phone;
		if (last === undefined || last.responses.length > 0) return SILENT;
		if (expired === undefined) return ofFragmented(subject);
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `${expired.reporter ?? 'The far end'} waited in vain for the rest of the fragments of the REGISTER.`,
			evidence: inOrder(
				evidenceOf(last.request, 'REGISTER', `${last.request.packet.payloadLength} bytes`),
				evidenceOf(expired, 'ICMP', 'fragment reassembly time exceeded'),
			),
		};
	},
});

/** The fragments themselves are missing from this capture. */
function ofLost(first: FragmentEvent, lost: readonly FragmentEvent[], subject: Subject): Verdict {
	const { vantage } = subject.vantage;
	const what = first.first?.text.startsWith('SIP/2.0') === true ? 'the answer' : 'the REGISTER';
	const onlyFirst = lost.every((event) => event.first !== undefined);
	// The sender's own capture has all fragments, unless a port filter kept out those without a port.
	const [sender, receiver] =
		what === 'the REGISTER' ? (['client', 'server'] as const) : (['server', 'phone'] as const);
	if (onlyFirst && vantage === sender) {
		const ofSizes = sender === 'client' ? ofFragmented(subject) : SILENT;
		if (ofSizes.kind === 'fires') return ofSizes;
		return {
			kind: 'cannot-tell',
			because: `only the first fragment of ${what} is in this capture, and a capture filter on ports would lose the others in the same way`,
			decidedBy: `a capture without a port filter, or one at the ${receiver}`,
		};
	}
	const times = lost.length === 1 ? 'once' : `${lost.length} times`;
	return {
		kind: 'fires',
		confidence: onlyFirst ? 'likely' : 'proven',
		summary: `${first.src} sent ${what} to ${first.dst} in fragments, and not all of them came, ${times}: ${first.receivedBytes} bytes are there.`,
		evidence: inOrder(
			evidenceOf(first, 'IP fragments', describe(first)),
			...lost.slice(1).map((event) => evidenceOf(event, 'IP fragments', describe(event))),
		),
	};
}

/** The registrar bound the phone, and the phone does not know: of the 200 it has a part, and asks again. */
function ofAcceptance(subject: Subject): Verdict {
	const lost = lostFragmentsOf(subject.attempt);
	const [first] = lost;
	if (first === undefined || lastTransaction(subject.attempt)?.phone.final?.cut !== true)
		return SILENT;
	const verdict = ofLost(first, lost, subject);
	return verdict.kind === 'fires' ? { ...verdict, severity: 'degraded' } : verdict;
}

function describe({ first, receivedBytes, frames }: FragmentEvent): string {
	const part = first === undefined ? 'the first fragment is missing' : 'the rest is missing';
	return `${frames.length} received (${receivedBytes} bytes), ${part}`;
}

/** All fragments left the phone: that small messages are answered and this one is not shows what becomes of them. */
function ofFragmented({ attempt, registration }: Subject): Verdict {
	const last = lastTransaction(attempt)?.phone;
	if (attempt.outcome !== 'unanswered' || last === undefined) return SILENT;
	const { payloadLength } = last.request.packet;
	const fragments = fragmentWords(last.request.packet);
	if (fragments === undefined) return SILENT;
	const server = formatEndpoint(last.server);
	const small = registration.attempts
		.filter(({ number }) => number <= attempt.number)
		.flatMap(({ transactions }) => transactions)
		.findLast(
			({ phone }) =>
				phone.final !== undefined &&
				phone.server.address === last.server.address &&
				fragmentWords(phone.request.packet) === undefined,
		)?.phone;
	if (small === undefined) {
		return {
			kind: 'cannot-tell',
			because: `every REGISTER to ${server} is fragmented, and none is answered`,
			decidedBy: 'a capture at the server, or a REGISTER over TCP',
		};
	}
	const smallLength = small.request.packet.payloadLength;
	return {
		kind: 'fires',
		confidence: 'strong',
		summary: `${server} answers the REGISTER of ${smallLength} bytes, and not the one of ${payloadLength} bytes, which is sent in ${fragments}.`,
		evidence: inOrder(
			evidenceOf(last.request, 'IP fragments', `${payloadLength} bytes in ${fragments}, no answer`),
			...evidenceIf(small.final, 'Status', `answer to the REGISTER of ${smallLength} bytes`),
		),
	};
}
