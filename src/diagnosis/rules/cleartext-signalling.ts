import { classifyAddress } from '../../net/address.js';
import { formatEndpoint } from '../../net/endpoint.js';
import { isSecure } from '../../net/transport.js';
import { lastTransaction } from '../../registration/attempt-facts.js';
import { agreedProtection, usesProtection } from '../../registration/security-agreement.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'cleartext-signalling',
	severity: 'risk',
	title: 'The registration crosses a public network in the clear',
	references: ['RFC 3261 §26.1', 'RFC 3261 §26.3.1'],
	explanation: {
		means:
			'Over UDP, TCP or plain WebSocket everybody on the way can read who calls whom, and collect the digest to try passwords on. Middleboxes can read it too, and rewrite it: a SIP ALG works only on what is in the clear.',
		causes: ['TLS is not switched on at the phone, or the provider does not offer it.'],
		confirm: 'Wireshark reads the REGISTER without keys.',
		lookAlikes: [
			'Within a LAN or a VPN nobody outside sees it.',
			'An IMS phone and its network agree on IPsec: only the first REGISTER, which proves nothing yet, is in the clear.',
		],
	},
	fix: [
		{ who: 'phone', what: 'Use TLS where the provider offers it; it keeps ALGs away as well.' },
	],
	check({ attempt }) {
		const phone = lastTransaction(attempt)?.phone;
		if (phone === undefined || isSecure(phone.transport)) return SILENT;
		if (agreedProtection(phone) !== undefined || usesProtection(phone.request.message))
			return SILENT;
		const { client, server, transport, request } = phone;
		if (![client, server].some(({ address }) => isPublic(address))) return SILENT;
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `REGISTER goes to ${formatEndpoint(server)} over ${transport.toUpperCase()}, in the clear.`,
			evidence: inOrder(evidenceOf(request, 'transport', transport.toUpperCase())),
		};
	},
});

/** Documentation stands for public addresses in examples, and in the lab. */
function isPublic(address: string): boolean {
	const kind = classifyAddress(address);
	return kind === 'public' || kind === 'documentation';
}
