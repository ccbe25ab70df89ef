import { formatEndpoint, sameEndpoint } from '../../net/endpoint.js';
import {
	describeStatus,
	lastTransaction,
	MINIMUM_SENDS_AFTER_FINAL,
	sendsAfterFinal,
} from '../../registration/attempt-facts.js';
import { isFailed } from '../../registration/outcome.js';
import { contactsOf } from '../../registration/register-request.js';
import { topVia } from '../../sip/headers/via.js';
import { sentTimes } from '../../transaction/client-transaction.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

const DEFAULT_PORT = 5060;

export default defineRule({
	id: 'asymmetric-port',
	severity: 'fatal',
	title: 'The phone sends from one port and listens on another',
	references: ['RFC 3581 §3', 'RFC 3261 §18.1.1'],
	explanation: {
		means:
			'The REGISTER leaves from one port, Via and Contact name another, and the answer comes back to the one that it left from. Nobody listens there: the phone waits at the port that it wrote down.',
		causes: [
			'Older phones (Cisco 79xx, some Mediatrix) send from a random port and listen on 5060.',
			'The server answers to the source port because rport or its NAT handling says so.',
		],
		confirm:
			'At the phone: the answer to its source port is met with ICMP port unreachable, or with silence and another copy of the REGISTER.',
		lookAlikes: [
			'A phone that writes the port which STUN told it into Via and Contact listens on its source port all the same; then it goes on after the answer.',
			'A server that answers to the Via port, without a NAT between, reaches such a phone.',
			'An answer to the Via port that nobody asked for is the work of a SIP ALG or of a missing rport: other findings.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Let it send from the port it listens on (Cisco 79xx: nat_enable / natEnabled on; others: symmetric signalling).',
		},
		{
			who: 'registrar',
			what: 'Where there is no NAT between, answer to the port of the Via for this phone.',
		},
	],
	check({ attempt, vantage, index }) {
		const phone = lastTransaction(attempt)?.phone;
		const final = phone?.final;
		if (phone?.transport !== 'udp' || final === undefined || !isFailed(attempt.outcome))
			return SILENT;
		const { client, request } = phone;
		const via = topVia(request.message);
		const listens = via?.sentBy.port ?? DEFAULT_PORT;
		if (via === undefined || listens === client.port || !sameEndpoint(final.dst, client))
			return SILENT;
		const contact = contactsOf(request.message)[0]?.uri;
		if ((contact?.port ?? DEFAULT_PORT) !== listens || contact?.host !== via.sentBy.host)
			return SILENT;
		const repeated = sendsAfterFinal(phone);
		if (repeated.length < MINIMUM_SENDS_AFTER_FINAL) return SILENT;
		const refusal = index
			.refusedBy(client)
			.find(({ reason, at }) => reason === 'port' && at >= final.at);
		// Anywhere but at the phone a NAT may have changed the port, or the answer may be lost on the way.
		if (refusal === undefined && vantage.vantage !== 'client') return SILENT;
		if (via.sentBy.host !== client.address) return SILENT;
		return {
			kind: 'fires',
			confidence: refusal === undefined ? 'strong' : 'proven',
			summary: `The REGISTER left from port ${client.port}, Via and Contact name port ${listens}, and ${describeStatus(final)} to port ${client.port} ${refusal === undefined ? `was not heard: ${repeated.length} more copies followed` : 'was refused with ICMP port unreachable'}.`,
			evidence: inOrder(
				evidenceOf(
					request,
					'Via and Contact',
					`port ${listens}; packet from ${formatEndpoint(client)}`,
				),
				evidenceOf(final, 'UDP destination', formatEndpoint(final.dst)),
				...evidenceIf(refusal, 'ICMP', `port ${client.port} unreachable`),
				...evidenceIf(repeated.at(-1), 'REGISTER', `same branch again, copy ${sentTimes(phone)}`),
			),
		};
	},
});
