import { formatEndpoint } from '../../net/endpoint.js';
import { foreignAnswerOf } from '../../registration/foreign-answer.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';
import { firstLine, lastTlsFailure, tlsVerdict } from '../tls-verdict.js';

export default defineRule({
	id: 'wrong-service',
	severity: 'fatal',
	title: 'What answers is not SIP',
	references: ['RFC 3261 §7', 'RFC 3261 §18.1.1'],
	explanation: {
		means:
			'The REGISTER, or the TLS handshake before it, reached something that speaks another protocol: the port belongs to another service, or another host has the address.',
		causes: [
			'The port is wrong: that of a web server, of SSH, of provisioning.',
			'Something on the way answers in the name of the server, such as a captive portal.',
			'The address was given to another host.',
		],
		confirm:
			'Read the first line of the answer; compare address and port with what the provider names.',
		lookAlikes: [
			'STUN answers on the same port are keep-alives of SIP outbound, not a wrong service.',
			'A TLS alert as the answer to plain SIP is tls-on-plain-port.',
		],
	},
	fix: [
		{ who: 'phone', what: 'Set port and transport that the provider names.' },
		{ who: 'site-network', what: 'Check for portals and proxies between phone and server.' },
	],
	check(subject) {
		if (lastTlsFailure(subject) !== undefined) {
			return tlsVerdict(subject, 'wrong-service', ({ foreignAnswer = '', dst }) => {
				return `${formatEndpoint(dst)} answers the TLS handshake with "${firstLine(foreignAnswer)}", which is neither TLS nor SIP.`;
			});
		}
		const event = foreignAnswerOf(subject.attempt);
		if (event === undefined || event.looksLike === 'tls') return SILENT;
		const name = event.looksLike?.toUpperCase() ?? 'something else';
		const request = subject.attempt.transactions.at(-1)?.phone.request;
		return {
			kind: 'fires',
			confidence: event.looksLike === undefined ? 'likely' : 'proven',
			summary: `${formatEndpoint(event.src)} answers the REGISTER with ${name} instead of SIP: "${firstLine(event.text)}".`,
			evidence: inOrder(
				evidenceOf(event, 'Payload', `"${firstLine(event.text)}"`),
				...evidenceIf(request, 'REGISTER', `to ${formatEndpoint(event.src)}`),
			),
		};
	},
});
