import { isPrivateAddress } from '../../net/address.js';
import { formatEndpoint } from '../../net/endpoint.js';
import { lastTransaction, unreachableEvents } from '../../registration/attempt-facts.js';
import { isSameNetwork, isUnheard, lookupOfServer } from '../../registration/server-choice.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'dns-private-address',
	severity: 'degraded',
	title: 'The name of the registrar leads to a private address in another network',
	references: ['RFC 1918', 'RFC 1123 §6.1'],
	explanation: {
		means:
			'The name server gives a private address, and the phone is not in that network: the REGISTER goes to a host that cannot be reached, or to a stranger with the same address.',
		causes: [
			'The internal address of the registrar was published in the public DNS.',
			'A VPN that leads to it is down.',
			'A dynamic DNS client reports the address of its own LAN.',
		],
		confirm: 'Ask a public resolver for the name; look for a route to that address.',
		lookAlikes: [
			'Within the same network, or with a route or VPN to it, a private address is right.',
		],
	},
	fix: [
		{ who: 'provider', what: 'Publish the public address of the registrar in the public DNS.' },
		{ who: 'site-network', what: 'Bring up the VPN or the route to that network.' },
	],
	check({ attempt, registration }) {
		const transaction = lastTransaction(attempt)?.phone;
		if (transaction === undefined || !isUnheard(attempt)) return SILENT;
		const { client, server } = transaction;
		const lookup = lookupOfServer(attempt, registration);
		if (lookup === undefined || !isPrivateAddress(server.address)) return SILENT;
		if (isSameNetwork(client.address, server.address)) return SILENT;
		// The host is there: it says that nothing listens.
		if (unreachableEvents(attempt, 'port').length > 0) return SILENT;
		const [refused] = unreachableEvents(attempt, 'host', 'network');
		const isPublicAnswer = !isPrivateAddress(lookup.dst.address);
		if (refused === undefined && !isPublicAnswer && isPrivateAddress(client.address)) {
			return {
				kind: 'cannot-tell',
				because: `${lookup.name} is the private address ${server.address} by the network's own resolver ${lookup.dst.address}, and whether there is a way from ${client.address} to it is not in the capture`,
				decidedBy: `the same question to a public resolver, and the route or VPN to ${server.address}`,
			};
		}
		return {
			kind: 'fires',
			confidence: 'strong',
			severity: 'fatal',
			summary: `${isPublicAnswer ? 'The public resolver' : 'The resolver'} ${lookup.dst.address} gives the private address ${server.address} for ${lookup.name}; the phone at ${client.address} is in another network, and nobody answers.`,
			evidence: inOrder(
				evidenceOf(lookup, 'DNS', `${lookup.name}: ${server.address}`),
				evidenceOf(transaction.request, 'REGISTER', `from ${formatEndpoint(client)}`),
				...evidenceIf(refused, 'ICMP', `${refused?.reason ?? ''} unreachable`),
			),
		};
	},
});
