import { canonicalAddress, isIpAddress, isPrivateAddress } from '../../net/address.js';
import { type BoundContact, boundContact } from '../../registration/contact-fate.js';
import type { Attempt } from '../../registration/registration.js';
import { topVia } from '../../sip/headers/via.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'wrong-external-address',
	severity: 'degraded',
	title: 'The phone advertises a public address that is not its own',
	references: ['RFC 3261 §10.2.1', 'RFC 3261 §18.2.1', 'RFC 8489 §9'],
	explanation: {
		means:
			'Via and Contact name a public address, and the server receives the REGISTER from another one. The registrar keeps the wrong one, and calls go to somebody else or nowhere.',
		causes: [
			'"External IP" or "NAT IP" of the phone or PBX is fixed, and the line has another address by now.',
			'An answer of a STUN server is kept for too long.',
			'A VPN came up or went down after the address was learnt.',
		],
		confirm:
			'Compare the host of Contact and Via with received= in the answer, or with the source of the packet at the server.',
		lookAlikes: [
			'A line with several public addresses may send REGISTER and STUN by different ones, and both may work.',
			'Another port at the same address is the work of a NAT, not of this setting.',
			'A proxy or SBC before the registrar sends on the Contact of the phone: the source is then the proxy.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Clear the fixed external address (Polycom nat.ip, SPA EXT IP, FreePBX external address) or correct it; learn it anew with STUN; or leave NAT to the registrar.',
		},
	],
	check({ attempt, requestsToContact }) {
		const bound = boundContact(attempt);
		if (bound === undefined || bound.compensated) return SILENT;
		const { phone, final, sent } = bound;
		const claimed = publicHost(sent.uri.host);
		const real = realAddress(bound);
		if (claimed === undefined || real === undefined || claimed === real.address) return SILENT;
		// Another family is translated on the way, which no address of the phone can foresee.
		if (claimed === phone.server.address || claimed.includes(':') !== real.address.includes(':'))
			return SILENT;
		if (isSeenAt(attempt, claimed)) return SILENT;
		const used = requestsToContact.find(({ dst }) => dst.address === claimed);
		const consistent = publicHost(topVia(phone.request.message)?.sentBy.host) === claimed;
		return {
			kind: 'fires',
			confidence: used !== undefined ? 'proven' : consistent ? 'strong' : 'likely',
			summary: `The phone registers ${claimed}, and its REGISTER comes from ${real.address}${used === undefined ? '' : `; the registrar sends ${used.message.method} to ${claimed}`}.`,
			evidence: inOrder(
				evidenceOf(phone.request, consistent ? 'Via and Contact' : 'Contact', claimed),
				evidenceOf(real.seen, real.field, real.address),
				evidenceOf(final, 'Contact', bound.listed === undefined ? 'accepted' : 'kept as it is'),
				...evidenceIf(used, used?.message.method ?? '', `sent to ${claimed}`),
			),
		};
	},
});

/** A leg before the NAT, which the capture may miss for one of the REGISTERs, shows the phone where it says it is. */
function isSeenAt({ transactions }: Attempt, address: string): boolean {
	return transactions.some(({ hops }) => hops.some(({ client }) => client.address === address));
}

function publicHost(host: string | undefined): string | undefined {
	if (host === undefined || !isIpAddress(host) || isPrivateAddress(host)) return undefined;
	return canonicalAddress(host);
}

/** Where the REGISTER really comes from: a public source of the packet, else what the server says of it. */
function realAddress({ phone, final }: BoundContact) {
	if (!isPrivateAddress(phone.client.address))
		return { address: phone.client.address, field: 'packet source', seen: phone.request };
	const received = publicHost(topVia(final.message)?.received);
	return received === undefined
		? undefined
		: { address: received, field: 'Via received', seen: final };
}
