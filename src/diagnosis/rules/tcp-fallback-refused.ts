import { formatEndpoint } from '../../net/endpoint.js';
import { tcpFallbackOf, UDP_LIMIT } from '../../registration/tcp-fallback.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'tcp-fallback-refused',
	severity: 'fatal',
	title: 'The REGISTER is too large for UDP, and the server takes no TCP',
	references: ['RFC 3261 §18.1.1', 'RFC 9293 §3.10.7'],
	explanation: {
		means:
			'With the credentials the REGISTER exceeds 1300 bytes. The phone then changes from UDP to TCP, as it must, and the server does not take the connection.',
		causes: [
			'The server listens on UDP only.',
			'A firewall allows only UDP to the SIP port.',
			'Long header fields, many codecs or a body make the REGISTER large.',
		],
		confirm:
			'Compare the size of the REGISTER without credentials with 1300 bytes; try a TCP connection to the same port.',
		lookAlikes: [
			'A phone that falls back to UDP and is answered registers: the refused connection does no harm.',
			'A small REGISTER that is followed by TCP has another reason, such as an SRV record.',
		],
	},
	fix: [
		{
			who: 'registrar',
			what: 'Listen for SIP over TCP on the same port (RFC 3261 §18.2.1: a must).',
		},
		{
			who: 'phone',
			what: 'Use fewer header fields, or raise the limit for UDP where the path allows.',
		},
		{ who: 'site-network', what: 'Allow TCP to the registrar beside UDP.' },
	],
	check({ attempt }) {
		if (!['challenged', 'unanswered', 'unreachable'].includes(attempt.outcome)) return SILENT;
		const fallback = tcpFallbackOf(attempt);
		if (fallback === undefined) return SILENT;
		const { event, request, nextLength } = fallback;
		const server = formatEndpoint(event.dst);
		const refused = event.outcome === 'refused' ? 'refuses' : 'does not answer';
		return {
			kind: 'fires',
			confidence: 'strong',
			summary: `The REGISTER of ${request.packet.payloadLength} bytes needs at least ${nextLength} with credentials, more than the ${UDP_LIMIT} that UDP may carry; the phone changes to TCP, and ${server} ${refused} the connection.`,
			evidence: inOrder(
				evidenceOf(request, 'REGISTER', `${request.packet.payloadLength} bytes over UDP`),
				evidenceOf(event, 'TCP connect', `${server}: ${event.outcome}`),
				...evidenceIf(attempt.transactions.at(-1)?.phone.final, 'Status', 'the challenge'),
			),
		};
	},
});
