import { type AddressClass, classifyAddress } from '../../net/address.js';
import { type BoundContact, boundContact } from '../../registration/contact-fate.js';
import { formatUri } from '../../sip/uri.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

/** Addresses that mean another host, or none, on any other machine. */
const NOWHERE: ReadonlyMap<AddressClass, string> = new Map([
	['unspecified', 'no address'],
	['loopback', 'the phone itself, seen from the phone'],
	['link-local', 'valid on one link only'],
	['multicast', 'a group and no host'],
]);

export default defineRule({
	id: 'unusable-contact',
	severity: 'degraded',
	title: 'The phone registers a Contact that no other host can use',
	references: ['RFC 3261 §10.2.1', 'RFC 3261 §8.1.1.8', 'RFC 7118 §5'],
	explanation: {
		means:
			'The Contact says where calls shall go. This one names an address that exists only on the phone itself or nowhere, a port that cannot be used, or a name that is none. Registration succeeds, and calls have no way, unless the registrar goes by the source of the REGISTER.',
		causes: [
			'The phone registered before it had an address (0.0.0.0, 169.254.x.x), or took its loopback interface.',
			'"External address" or "local address" of the account holds a wrong value.',
			'A softphone on a computer with several interfaces chose the wrong one.',
		],
		confirm:
			'Read host and port of the Contact in the REGISTER; call the phone and see at the registrar where the INVITE goes.',
		lookAlikes: [
			'A name that ends in .invalid is right over WebSocket (RFC 7118), where nobody connects to the phone.',
			'Phone and server on one host rightly use its loopback address.',
			'A registrar that stores the source of the REGISTER reaches the phone all the same.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Clear fixed addresses of the account (local, external, NAT IP), restart the phone once it has its address, and choose the interface that leads to the server.',
		},
		{
			who: 'registrar',
			what: 'Store the source address of the REGISTER in place of such a Contact.',
		},
	],
	check({ attempt, requestsToContact }) {
		const bound = boundContact(attempt);
		if (bound === undefined || bound.compensated || bound.phone.request.cut) return SILENT;
		const why = whyUnusable(bound);
		if (why === undefined) return SILENT;
		const { phone, final, sent } = bound;
		const used = requestsToContact.find(({ dst }) => dst.address === sent.uri.host);
		return {
			kind: 'fires',
			confidence: used === undefined ? 'likely' : 'proven',
			summary: `The phone registers ${formatUri(sent.uri)}: ${why}${used === undefined ? '' : `, and the registrar sends ${used.message.method} there`}.`,
			evidence: inOrder(
				evidenceOf(phone.request, 'Contact', `${formatUri(sent.uri)}: ${why}`),
				evidenceOf(final, 'Contact', bound.listed === undefined ? 'accepted' : 'kept as it is'),
				...evidenceIf(used, used?.message.method ?? '', `sent to ${sent.uri.host ?? ''}`),
			),
		};
	},
});

function whyUnusable({ phone, sent }: BoundContact): string | undefined {
	const { host, port } = sent.uri;
	if (host === undefined) return undefined;
	if (port === 0) return 'port 0 is none';
	const kind = classifyAddress(host);
	// Both ends on one host or on one link without addresses of their own.
	const nowhere = NOWHERE.get(kind);
	if (nowhere !== undefined && kind !== classifyAddress(phone.client.address))
		return `${host} is ${nowhere}`;
	const isWebSocket = phone.transport === 'ws' || phone.transport === 'wss';
	if (!isWebSocket && host.toLowerCase().endsWith('.invalid'))
		return `${host} is a name that never exists (RFC 2606)`;
	const ipv6 = host.includes(':');
	if (kind !== 'name' && ipv6 !== phone.client.address.includes(':'))
		return `${host} is ${ipv6 ? 'IPv6' : 'IPv4'}, and the REGISTER came over ${ipv6 ? 'IPv4' : 'IPv6'}`;
	return undefined;
}
