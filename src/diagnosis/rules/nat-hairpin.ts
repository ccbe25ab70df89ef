import { isPrivateAddress } from '../../net/address.js';
import { formatEndpoint } from '../../net/endpoint.js';
import {
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
	id: 'nat-hairpin',
	severity: 'degraded',
	title: 'Phone and registrar stand in one network and speak through its public address',
	references: ['RFC 4787 §6', 'RFC 5128 §3.3'],
	explanation: {
		means:
			'The phone asks the public address of its own site, the router turns the REGISTER back inside, and the registrar answers straight to the phone, from its private address. The phone expects the answer from the public one and discards it.',
		causes: [
			'The name of the registrar leads to the public address also inside (no split DNS).',
			'The router forwards inwards without translating the source (no hairpin NAT).',
		],
		confirm:
			'Register with the private address of the server from inside; look up its name inside and outside.',
		lookAlikes: [
			'A server with several public addresses that answers from the wrong one.',
			'A router that translates both ways: then it works, with the address of the router as source.',
		],
	},
	fix: [
		{
			who: 'site-network',
			what: 'Let the DNS inside name the private address of the registrar (split DNS), or switch hairpin NAT on.',
		},
		{ who: 'phone', what: 'Enter the private address of the registrar as outbound proxy.' },
	],
	check({ attempt }) {
		const phone = lastTransaction(attempt)?.phone;
		const final = phone?.final;
		if (phone?.transport !== 'udp' || final === undefined || !isFailed(attempt.outcome))
			return SILENT;
		if (!isPrivateAddress(phone.client.address) || isPrivateAddress(phone.server.address))
			return SILENT;
		if (!isPrivateAddress(final.src.address)) return SILENT;
		const repeated = sendsAfterFinal(phone);
		if (repeated.length < MINIMUM_SENDS_AFTER_FINAL) return SILENT;
		return {
			kind: 'fires',
			confidence: 'proven',
			severity: 'fatal',
			summary: `The REGISTER went to the public ${formatEndpoint(phone.server)}, ${describeStatus(final)} came from the private ${formatEndpoint(final.src)}, and the phone repeated the same branch ${repeated.length} times.`,
			evidence: inOrder(
				evidenceOf(phone.request, 'destination', formatEndpoint(phone.server)),
				evidenceOf(final, 'source', `${formatEndpoint(final.src)}, ${describeStatus(final)}`),
				...evidenceIf(repeated.at(-1), 'REGISTER', `same branch again, copy ${sentTimes(phone)}`),
			),
		};
	},
});
