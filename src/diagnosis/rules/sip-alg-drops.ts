import { formatEndpoint } from '../../net/endpoint.js';
import { answeredElsewhere } from '../../registration/answered-elsewhere.js';
import {
	describeSends,
	describeStatus,
	hasNoResponse,
	lastTransaction,
} from '../../registration/attempt-facts.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

const SIP_PORT = 5060;

export default defineRule({
	id: 'sip-alg-drops',
	severity: 'fatal',
	title: 'Only SIP on the known port vanishes; the same server answers on another one',
	references: ['RFC 3261 §18.1.1', 'RFC 4787 §7'],
	explanation: {
		means:
			'From the same place the same server answers SIP on another port, and over UDP to 5060 nothing comes back. Something on the way looks at that port: a SIP ALG that drops what it cannot read, or a filter.',
		causes: [
			'A SIP ALG drops REGISTERs that it does not understand: long lines, unknown headers, a Contact without port, no free port.',
			'A firewall or provider filters UDP port 5060.',
		],
		confirm:
			'Send the same REGISTER to port 5060 and to the other port at the same time, and capture behind the router.',
		lookAlikes: [
			'A server that listens only on the other port: then ICMP says so, or nobody there knows 5060.',
			'A ban of the address concerns every port.',
		],
	},
	fix: [
		{ who: 'site-network', what: 'Switch the SIP ALG off; allow UDP 5060 to the server.' },
		{ who: 'phone', what: 'Register on the port that works, or by TLS.' },
	],
	check({ attempt, registration, vantage, index }) {
		const phone = lastTransaction(attempt)?.phone;
		if (attempt.outcome !== 'unanswered' || phone === undefined || !hasNoResponse(attempt))
			return SILENT;
		if (phone.transport !== 'udp' || phone.server.port !== SIP_PORT) return SILENT;
		if (vantage.vantage === 'server' || attempt !== registration.decisive) return SILENT;
		const answer = answeredElsewhere(phone, registration, index);
		if (answer === undefined) return SILENT;
		return {
			kind: 'fires',
			confidence: 'likely',
			summary: `${formatEndpoint(phone.server)} over UDP gives no answer (REGISTER sent ${describeSends(phone)}), while ${formatEndpoint(answer.src)} over ${answer.transport.toUpperCase()} answers ${describeStatus(answer)}.`,
			evidence: inOrder(
				evidenceOf(phone.request, 'REGISTER', `to ${formatEndpoint(phone.server)}, no answer`),
				evidenceOf(
					answer,
					'Status',
					`${describeStatus(answer)} from ${formatEndpoint(answer.src)}`,
				),
			),
		};
	},
});
