import { formatEndpoint, sameEndpoint } from '../../net/endpoint.js';
import { lastTransaction } from '../../registration/attempt-facts.js';
import { natMapping } from '../../registration/nat-mapping.js';
import { contactsOf } from '../../registration/register-request.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'symmetric-nat',
	severity: 'degraded',
	title:
		'The NAT gives another port for each destination: what STUN told is wrong for the registrar',
	references: ['RFC 4787 §4.1', 'RFC 8489 §2'],
	explanation: {
		means:
			'A STUN server saw the phone under one port, the registrar sees the same socket under another. Such a NAT maps by destination; an address learnt by STUN cannot be used by anybody else.',
		causes: [
			'A router or firewall with endpoint-dependent mapping ("symmetric NAT"), usual in companies and carrier-grade NATs.',
		],
		confirm:
			'Compare XOR-MAPPED-ADDRESS of the STUN answer with rport in the answers of the registrar, for the same local port.',
		lookAlikes: [
			'A mapping that ran out between the two and was made anew: the times tell.',
			'STUN asked from another local port than SIP says nothing about SIP.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Switch STUN off and rely on rport and the NAT handling of the provider (outbound proxy, keep-alives).',
		},
		{ who: 'registrar', what: 'Store the source of the REGISTER in place of its Contact.' },
	],
	check({ attempt, registration, index }) {
		if (attempt !== registration.decisive) return SILENT;
		const phone = lastTransaction(attempt)?.phone;
		const { last } = natMapping(registration);
		if (phone?.transport !== 'udp' || last === undefined) return SILENT;
		const told = index
			.stunAnswersTo(phone.client)
			.findLast(({ at, src }) => at <= last.until && !sameEndpoint(src, phone.server));
		const mapped = told?.mapped;
		if (told === undefined || mapped === undefined) return SILENT;
		// Another address is another line; the same port is no matter.
		if (mapped.address !== last.outside.address || mapped.port === last.outside.port) return SILENT;
		const bound = contactsOf(phone.request.message).some(
			({ uri }) => uri.host === mapped.address && uri.port === mapped.port,
		);
		return {
			kind: 'fires',
			confidence: 'proven',
			severity: bound ? 'degraded' : 'risk',
			summary: `STUN at ${formatEndpoint(told.src)} told ${formatEndpoint(mapped)}, the registrar sees ${formatEndpoint(last.outside)}${bound ? ', and the Contact names what STUN told' : ''}.`,
			evidence: inOrder(
				evidenceOf(told, 'XOR-MAPPED-ADDRESS', formatEndpoint(mapped)),
				evidenceOf(last.seen, last.field, formatEndpoint(last.outside)),
			),
		};
	},
});
