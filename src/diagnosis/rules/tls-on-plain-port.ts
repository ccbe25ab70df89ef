import { formatEndpoint } from '../../net/endpoint.js';
import { lastTransaction } from '../../registration/attempt-facts.js';
import { flowKey, isFlowEvent, isFlowFailure } from '../../registration/flow-event.js';
import { foreignAnswerOf } from '../../registration/foreign-answer.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT, type Subject, type Verdict } from '../rule.js';
import { lastTlsFailure, tlsVerdict } from '../tls-verdict.js';

const TLS_PORT = 5061;

export default defineRule({
	id: 'tls-on-plain-port',
	severity: 'fatal',
	title: 'One side speaks TLS and the other plain SIP',
	references: ['RFC 3261 §26.2.1', 'RFC 8446 §5.1'],
	explanation: {
		means:
			'A TLS ClientHello went to a port where plain SIP is spoken, or a plain REGISTER to a port where TLS is: neither side can read the other.',
		causes: [
			'Transport TLS with port 5060, or TCP with port 5061, in the settings of the phone.',
			'An SRV record of _sips._tcp names the plain port, or the reverse.',
			'The TLS listener of the server is not switched on.',
		],
		confirm:
			'Look at the first bytes: 16 03 is TLS, "REGISTER" is plain SIP. Ask both ports with openssl s_client.',
		lookAlikes: [
			'A handshake that gets a TLS answer and fails later is a matter of certificate or version.',
			'A refused connection says that nothing listens at all.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Use port 5061 with TLS, 5060 with TCP or UDP, or what the provider names.',
		},
		{ who: 'registrar', what: 'Switch the TLS listener on, and put its port into the SRV record.' },
	],
	check(subject) {
		if (lastTlsFailure(subject) !== undefined) {
			return tlsVerdict(subject, 'plain-port', ({ foreignAnswer, dst }) => {
				const server = formatEndpoint(dst);
				if (foreignAnswer !== undefined)
					return `${server} answers the TLS handshake with plain SIP.`;
				return subject.plainServers.has(server)
					? `The TLS handshake to ${server} gets no TLS answer; that port speaks plain SIP in this capture.`
					: `The TLS handshake to ${server}, the port of plain SIP, gets no TLS answer.`;
			});
		}
		return plainToTls(subject);
	},
});

/** A REGISTER in the clear to a port where TLS is expected. */
function plainToTls({ attempt }: Subject): Verdict {
	const last = lastTransaction(attempt)?.phone;
	if (last === undefined) return SILENT;
	const server = formatEndpoint(last.server);
	const alert = foreignAnswerOf(attempt);
	if (alert?.looksLike === 'tls') {
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `${server} answers the plain REGISTER with a TLS record: that port speaks TLS.`,
			evidence: inOrder(
				evidenceOf(alert, 'Payload', 'a TLS record'),
				evidenceOf(last.request, 'REGISTER', `in the clear over ${last.transport.toUpperCase()}`),
			),
		};
	}
	if (attempt.outcome !== 'unreachable' || last.transport !== 'tcp') return SILENT;
	if (last.server.port !== TLS_PORT) return SILENT;
	const flow = flowKey({ src: last.client, dst: last.server });
	const cut = attempt.failures.findLast(
		(event) => isFlowEvent(event) && isFlowFailure(event) && flowKey(event) === flow,
	);
	if (cut === undefined) return SILENT;
	return {
		kind: 'fires',
		confidence: 'likely',
		summary: `The REGISTER went in the clear over TCP to ${server}, the port of TLS, and the connection was cut without an answer.`,
		evidence: inOrder(
			evidenceOf(last.request, 'REGISTER', `in the clear to port ${TLS_PORT}`),
			...evidenceIf(cut, 'TCP connection', 'cut by the server'),
		),
	};
}
