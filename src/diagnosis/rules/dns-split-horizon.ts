import { isPrivateAddress } from '../../net/address.js';
import { formatEndpoint } from '../../net/endpoint.js';
import { otherHorizon } from '../../registration/server-choice.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'dns-split-horizon',
	severity: 'degraded',
	title: 'Two name servers give two kinds of address for the registrar',
	references: ['RFC 8499', 'RFC 6950 §4'],
	explanation: {
		means:
			'One resolver knows the registrar by a private address, another by a public one. The phone uses the answer that does not work where it stands: a private address from outside, or the public one from inside, where the router does not lead back in.',
		causes: [
			'The phone has resolvers of two networks (VPN and site, DHCP and fixed).',
			'The internal zone is not handed to the voice VLAN.',
		],
		confirm: 'Ask both resolvers for the name from the network of the phone.',
		lookAlikes: [
			'Both addresses may work: then it is what split DNS is for.',
			'One resolver that gives addresses in turn balances load.',
		],
	},
	fix: [
		{
			who: 'site-network',
			what: 'Give the phones only the resolver that knows the address which works in their network.',
		},
	],
	check({ attempt, registration }) {
		const horizon = otherHorizon(attempt, registration);
		if (horizon === undefined) return SILENT;
		const { used, other, address, otherAddress } = horizon;
		const kind = isPrivateAddress(address) ? 'private' : 'public';
		return {
			kind: 'fires',
			confidence: 'strong',
			severity: 'fatal',
			summary: `${used.name} is ${address} (${kind}) by ${used.dst.address} and ${otherAddress} by ${other.dst.address}; the phone uses ${address}, and nobody answers there.`,
			evidence: inOrder(
				evidenceOf(used, 'DNS', `${used.name}: ${address} by ${formatEndpoint(used.dst)}`),
				evidenceOf(other, 'DNS', `${other.name}: ${otherAddress} by ${formatEndpoint(other.dst)}`),
			),
		};
	},
});
