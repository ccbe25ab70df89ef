import { classifyAddress } from '../../net/address.js';
import { lastTransaction } from '../../registration/attempt-facts.js';
import { findToUri } from '../../sip/headers/from-to.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

/** A name with at least one dot; "asterisk" is none. */
const DOMAIN = /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.[a-z][a-z0-9-]*\.?$/i;

export default defineRule({
	id: 'ip-as-domain',
	severity: 'risk',
	title: 'An IP address stands where the domain belongs',
	references: ['RFC 3261 §10.2', 'RFC 3263 §4', 'RFC 5922 §7'],
	explanation: {
		means:
			'The phone registers at an address and not in a domain, while the server works with a domain. There is then no second server to turn to, no name to check a certificate against, and registrars that hold users by domain may not find this one.',
		causes: [
			'The address of the host was entered as SIP domain or registrar.',
			'DNS was meant to be avoided.',
		],
		confirm: 'Compare the host of To and Request-URI with the realm of the challenge.',
		lookAlikes: ['A PBX in the same LAN that is known by its address only works well like this.'],
	},
	fix: [
		{
			who: 'phone',
			what: 'Enter the domain of the provider as SIP domain, and the address, if need be, as outbound proxy.',
		},
	],
	check({ attempt, steps }) {
		const request = lastTransaction(attempt)?.phone.request;
		const host = request && findToUri(request.message)?.host;
		if (request === undefined || host === undefined || classifyAddress(host) === 'name')
			return SILENT;
		const challenge = steps
			.flatMap(({ challenges }) => challenges)
			.find(({ digest }) => DOMAIN.test(digest.realm ?? '') && !isVendor(digest.realm));
		if (challenge === undefined) return SILENT;
		const realm = challenge.digest.realm ?? '';
		return {
			kind: 'fires',
			confidence: 'likely',
			summary: `The phone registers in "${host}", the server's realm is "${realm}".`,
			evidence: inOrder(
				evidenceOf(request, 'To', `host "${host}"`),
				evidenceOf(challenge.response, `${challenge.header} realm`, `"${realm}"`),
			),
		};
	},
});

/** The name of a box and no domain of anybody. */
function isVendor(realm: string | undefined): boolean {
	return /^(?:fritz\.box|[\d.]+)$/i.test(realm ?? '');
}
