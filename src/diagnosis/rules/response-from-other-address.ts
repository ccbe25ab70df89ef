import { formatEndpoint, sameEndpoint } from '../../net/endpoint.js';
import {
	answeredBeyond,
	describeStatus,
	lastTransaction,
	MINIMUM_SENDS_AFTER_FINAL,
	sendsAfterFinal,
} from '../../registration/attempt-facts.js';
import { isFailed } from '../../registration/outcome.js';
import { sentTimes } from '../../transaction/client-transaction.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'response-from-other-address',
	severity: 'fatal',
	title: 'The answer comes from another address than the REGISTER was sent to',
	references: ['RFC 3581 §4', 'RFC 3261 §18.2.2'],
	explanation: {
		means:
			'The server answers, but from another address or port than the one that was asked. A NAT or a stateful firewall knows no such flow and drops it; a phone that looks at the sender discards it.',
		causes: [
			'A server with several addresses answers from the one of its outgoing interface.',
			'A cluster answers from the address of the machine and not from the virtual one.',
			'A load balancer forwards the REGISTER, and the answer goes past it.',
		],
		confirm:
			'Compare the destination of the REGISTER with the source of its answer, at the server or on the WAN side of the router.',
		lookAlikes: [
			'A REGISTER to a host that forwards it shows both addresses in one capture at that host.',
			'A phone that goes on with credentials has accepted the answer: innocent.',
		],
	},
	fix: [
		{
			who: 'registrar',
			what: 'Bind SIP to the address that the phones use, so that answers leave from it (Kamailio listen and mhomed, Asterisk bind); on a cluster answer from the virtual address.',
		},
		{ who: 'provider', what: 'Route the answers back through the load balancer.' },
	],
	check({ attempt }) {
		const last = lastTransaction(attempt);
		const phone = (last && answeredBeyond(last)) ?? last?.phone;
		const final = phone?.final;
		if (phone?.transport !== 'udp' || final === undefined || !isFailed(attempt.outcome))
			return SILENT;
		if (sameEndpoint(final.src, phone.server)) return SILENT;
		// One that came from where it should: the phone had an answer.
		if (phone.responses.some(({ src }) => sameEndpoint(src, phone.server))) return SILENT;
		const repeated = sendsAfterFinal(phone);
		if (repeated.length < MINIMUM_SENDS_AFTER_FINAL) return SILENT;
		return {
			kind: 'fires',
			confidence: final.src.address === phone.server.address ? 'strong' : 'proven',
			summary: `The REGISTER went to ${formatEndpoint(phone.server)}, ${describeStatus(final)} came from ${formatEndpoint(final.src)}, and the phone repeated the same branch ${repeated.length} times.`,
			evidence: inOrder(
				evidenceOf(phone.request, 'destination', formatEndpoint(phone.server)),
				evidenceOf(final, 'source', `${formatEndpoint(final.src)}, ${describeStatus(final)}`),
				...evidenceIf(repeated.at(-1), 'REGISTER', `same branch again, copy ${sentTimes(phone)}`),
			),
		};
	},
});
