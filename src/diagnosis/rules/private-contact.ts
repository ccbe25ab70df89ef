import { classifyAddress, isPrivateAddress } from '../../net/address.js';
import { lastTransaction } from '../../registration/attempt-facts.js';
import { type GrantedBinding, ownBinding } from '../../registration/binding.js';
import { contactsOf } from '../../registration/register-request.js';
import type { Registration } from '../../registration/registration.js';
import { firstHeader } from '../../sip/header-fields.js';
import type { ContactAddress } from '../../sip/headers/contact.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

/** Contact parameters by which a registrar or SBC remembers where the REGISTER really came from. */
const COMPENSATED = ['received', 'fs_path', 'fs_nat', 'x-ast-orig-host', 'alias', 'ob'];

export default defineRule({
	id: 'private-contact',
	severity: 'degraded',
	title: 'The registrar keeps a Contact that nobody outside can reach',
	references: ['RFC 3261 §10.2.1', 'RFC 5626 §3.1', 'RFC 1918'],
	explanation: {
		means:
			'The phone stands behind a NAT and registers its private address; the registrar stores it as it is. Registration succeeds, and incoming calls are sent to an address that is not reachable from there.',
		causes: [
			'The registrar does not handle NAT (Asterisk rewrite_contact=no, Kamailio without fix_nated_register).',
			'An SBC in front of it passes the Contact through.',
		],
		confirm:
			'At the registrar: an OPTIONS, NOTIFY or INVITE that is sent to the private address proves it.',
		lookAlikes: [
			'Many registrars list the private Contact in the 200 and route to the source address all the same (Twilio, FreeSWITCH, Asterisk, Kamailio with received).',
			'Within one LAN or VPN a private Contact is right.',
			'From the phone alone it cannot be known what the registrar stored.',
		],
	},
	fix: [
		{
			who: 'registrar',
			what: 'Store the source address of the REGISTER: Asterisk rewrite_contact=yes, Kamailio fix_nated_register() with nat_uac_test(), FreeSWITCH NDLB-connectile-dysfunction.',
		},
		{
			who: 'phone',
			what: 'Use STUN or outbound (RFC 5626) where the registrar cannot be changed.',
		},
	],
	check({ attempt, registration, vantage, requestsToContact }) {
		const transaction = lastTransaction(attempt)?.phone;
		const final = transaction?.final;
		if (attempt.outcome !== 'registered' || transaction === undefined || final === undefined)
			return SILENT;
		const own = contactsOf(transaction.request.message).find((contact) => isPrivate(contact));
		const host = own?.uri.host;
		if (own === undefined || host === undefined) return SILENT;
		const binding = ownBinding(
			transaction.request.message,
			final.message,
			transaction.server.address,
		);
		const sentThere = requestsToContact.find(
			({ dst, source }) => dst.address === host && !isBehindNat(registration, host, source),
		);
		if (binding === undefined || binding.contact?.uri.host !== host) return SILENT;
		// What is sent there shows that nothing makes up for it.
		if (sentThere === undefined && isCompensated(binding)) return SILENT;
		if (isPrivateAddress(transaction.client.address)) {
			// The phone's own side, or one LAN: what the registrar stored is not in this capture.
			if (isPrivateAddress(transaction.server.address) || vantage.vantage === 'server')
				return SILENT;
			return {
				kind: 'cannot-tell',
				because: `the 200 lists the private Contact ${host}; whether the registrar uses it or the source address cannot be seen from the phone`,
				decidedBy: 'an incoming call, or a capture at the registrar',
			};
		}
		if (sentThere === undefined && firstHeader(transaction.request.message, 'path') !== undefined)
			return SILENT;
		return {
			kind: 'fires',
			confidence: sentThere === undefined ? 'likely' : 'proven',
			summary: `The REGISTER came from ${transaction.client.address}, and the registrar keeps Contact ${host}${sentThere === undefined ? '' : ` and sends ${sentThere.message.method} there`}.`,
			evidence: inOrder(
				evidenceOf(
					transaction.request,
					'Contact',
					`${host}, packet source ${transaction.client.address}`,
				),
				evidenceOf(final, 'Contact', `${host} in the binding`),
				...evidenceIf(sentThere, sentThere?.message.method ?? '', `sent to ${host}`),
			),
		};
	},
});

/** A capture that shows the phone's own side of the NAT shows there what was sent to the outside. */
function isBehindNat({ attempts }: Registration, host: string, source: string): boolean {
	return attempts
		.flatMap(({ transactions }) => transactions)
		.flatMap(({ hops }) => hops)
		.some((hop) => hop.source === source && hop.client.address === host);
}

/** Loopback, link-local and no address at all are of no use within a LAN either: another finding. */
function isPrivate({ uri }: ContactAddress): boolean {
	if (uri.host === undefined) return false;
	return ['private', 'carrier-grade-nat', 'unique-local'].includes(classifyAddress(uri.host));
}

function isCompensated({ contact }: GrantedBinding): boolean {
	const names = [...(contact?.parameters.keys() ?? []), ...(contact?.uri.parameters.keys() ?? [])];
	return names.some((name) => COMPENSATED.includes(name));
}
