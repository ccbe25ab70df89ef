import { canonicalAddress, classifyAddress, isPrivateAddress } from '../../net/address.js';
import { boundContact } from '../../registration/contact-fate.js';
import { innerNat } from '../../registration/inner-nat.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'double-nat',
	severity: 'degraded',
	title: 'Two NATs stand in a row between phone and server',
	references: ['RFC 6598 §1', 'RFC 4787 §6'],
	explanation: {
		means:
			'The router of the site has itself no public address: another NAT translates once more. Port forwardings of the router lead nowhere, the shorter of two timeouts counts, and an address that the phone learns from its router is not the one that others see.',
		causes: [
			'The line comes with a carrier-grade NAT (100.64.0.0/10), or with a router of the provider before the own one.',
			'A second router was put behind the first.',
		],
		confirm: 'Compare the WAN address that the router shows with received= in the answers.',
		lookAlikes: [
			'A VPN or an SBC at the site has private addresses on both sides, and translates on purpose.',
		],
	},
	fix: [
		{
			who: 'site-network',
			what: 'Let one of the two routers work as a bridge; ask the provider for a public address or IPv6.',
		},
		{
			who: 'phone',
			what: 'Clear addresses learnt by UPnP or entered by hand; use keep-alives, or TLS.',
		},
	],
	check({ attempt, registration }) {
		if (attempt !== registration.decisive) return SILENT;
		const nat = innerNat(attempt);
		const contact = boundContact(attempt)?.sent.uri.host;
		const host = contact === undefined ? undefined : canonicalAddress(contact);
		if (nat === undefined) return SILENT;
		// Calls go to an address between the two NATs.
		const isBound = host !== undefined && isPrivateAddress(host) && host === nat.between;
		return {
			kind: 'fires',
			confidence: nat.isSeen ? 'proven' : 'likely',
			severity: isBound ? 'degraded' : 'risk',
			summary: `${nat.inside} becomes ${nat.between}${classifyAddress(nat.between) === 'carrier-grade-nat' ? ' (carrier-grade NAT)' : ''}, which is not public either${nat.outside === undefined ? '' : `; the server sees ${nat.outside}`}${isBound ? `, and the Contact names ${host}` : ''}.`,
			evidence: inOrder(
				evidenceOf(
					nat.before,
					nat.isSeen ? 'packet source' : 'Contact',
					nat.isSeen ? nat.inside : nat.between,
				),
				...evidenceIf(nat.after, 'packet source', nat.between),
				...evidenceIf(nat.answer, 'Via received', nat.outside ?? ''),
			),
		};
	},
});
