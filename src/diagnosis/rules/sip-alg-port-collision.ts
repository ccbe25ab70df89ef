import { canonicalAddress, isPrivateAddress } from '../../net/address.js';
import { formatEndpoint } from '../../net/endpoint.js';
import { boundContact } from '../../registration/contact-fate.js';
import type { Registration } from '../../registration/registration.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

const DEFAULT_PORT = 5060;

export default defineRule({
	id: 'sip-alg-port-collision',
	severity: 'degraded',
	title: 'Two phones behind one router are registered with the same address and port',
	references: ['RFC 3261 §10.2.1', 'RFC 4787 §4.2.1'],
	explanation: {
		means:
			'Different phones of one site come from different ports of their router, and their Contacts name one and the same public address and port. A call to the one reaches the other, or both ring.',
		causes: [
			'A SIP ALG writes the public address into the Contact and leaves the port of the phone, which is 5060 for all.',
			'All phones are set to the same external address and port, with one port forwarding.',
		],
		confirm: 'List Contact and packet source of the REGISTERs from this public address.',
		lookAlikes: [
			'Two lines of one phone share address and port, and come from the same port.',
			'Phones at different sites may have the same private Contact.',
			'A gateway or SBC registers many users from one port.',
		],
	},
	fix: [
		{ who: 'site-network', what: 'Switch the SIP ALG off in router and firewall.' },
		{
			who: 'phone',
			what: 'Give each phone a SIP port of its own (Grandstream: "Use Random Port"), and no fixed external port.',
		},
	],
	check({ attempt, registration, index }) {
		if (attempt !== registration.decisive) return SILENT;
		const own = publicContact(registration);
		if (own === undefined) return SILENT;
		for (const other of index.sharingAddress(registration)) {
			const theirs = publicContact(other);
			if (theirs === undefined || other.aor === registration.aor || theirs.port === own.port)
				continue;
			// Bound at the very port that the NAT gave to the other one, and not at its own.
			const isTheirs = own.place === theirs.from && own.place !== own.from;
			if (theirs.place !== own.place && !isTheirs) continue;
			return {
				kind: 'fires',
				confidence: 'strong',
				summary: isTheirs
					? `${registration.aor ?? ''} is registered at ${own.place}, and from there comes ${other.aor ?? ''}; itself it comes from port ${own.port}.`
					: `${registration.aor ?? ''} comes from port ${own.port} and ${other.aor ?? ''} from port ${theirs.port} of ${own.address}, and both are registered at ${own.place}.`,
				evidence: inOrder(
					evidenceOf(own.request, 'Contact', `${own.place}, packet from port ${own.port}`),
					evidenceOf(theirs.request, 'Contact', `${theirs.place}, packet from port ${theirs.port}`),
				),
			};
		}
		return SILENT;
	},
});

/** A binding whose Contact names the very public address that the REGISTER comes from. */
function publicContact({ decisive }: Registration) {
	const bound = decisive === undefined ? undefined : boundContact(decisive);
	const host = bound?.sent.uri.host;
	if (bound === undefined || host === undefined || bound.compensated) return undefined;
	// Each TCP connection has a port of its own, also those of two lines of one phone.
	if (bound.phone.transport !== 'udp') return undefined;
	const { client, request } = bound.phone;
	const address = canonicalAddress(host);
	if (isPrivateAddress(address) || address !== client.address) return undefined;
	const place = formatEndpoint({ address, port: bound.sent.uri.port ?? DEFAULT_PORT });
	return { place, address, port: client.port, from: formatEndpoint(client), request };
}
