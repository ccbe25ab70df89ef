import { canonicalAddress } from '../../net/address.js';
import { formatHostPort } from '../../net/endpoint.js';
import { type BoundContact, boundContact } from '../../registration/contact-fate.js';
import { topVia } from '../../sip/headers/via.js';
import type { SipUri } from '../../sip/uri.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'contact-rewritten-by-server',
	severity: 'info',
	title:
		'The server lists another Contact than the phone sent, as it handles NAT or hides addresses',
	references: ['RFC 3261 §10.3', 'RFC 5626 §3.1'],
	explanation: {
		means:
			'The 200 names another host or port than the Contact of the REGISTER. Registrars and SBCs do so to reach phones behind NAT, or to hide them; nothing is wrong.',
		causes: [
			'The registrar stores where the REGISTER came from.',
			'An SBC puts its own address in place of the phone.',
		],
		confirm:
			'Compare the listed host with received= and rport of the same answer, and with the address of the server.',
		lookAlikes: [
			'A SIP ALG on the way back may change the Contact as well.',
			'A phone that looks for its own URI in the list may take itself for unregistered, or register twice.',
		],
	},
	fix: [
		{
			who: 'registrar',
			what: 'Nothing is to be done; where a phone does not find itself in the list, answer with the Contact that it sent.',
		},
	],
	check({ attempt, registration }) {
		if (attempt !== registration.decisive) return SILENT;
		const bound = boundContact(attempt);
		const sent = bound?.sent.uri;
		const listed = bound?.listed?.uri;
		if (bound === undefined || sent === undefined || listed === undefined) return SILENT;
		if (placeOf(sent) === placeOf(listed)) return SILENT;
		const why = reason(bound, listed);
		return {
			kind: 'fires',
			confidence: why === undefined ? 'likely' : 'proven',
			summary: `The phone sent ${placeOf(sent)}, and the 200 lists ${placeOf(listed)}${why === undefined ? '' : `, ${why}`}.`,
			evidence: inOrder(
				evidenceOf(bound.phone.request, 'Contact', placeOf(sent)),
				evidenceOf(bound.final, 'Contact', placeOf(listed)),
			),
		};
	},
});

function reason({ phone, final }: BoundContact, listed: SipUri): string | undefined {
	const host = canonicalAddress(listed.host ?? '');
	if (host === phone.server.address) return 'the address of the server itself';
	const via = topVia(final.message);
	if (host === phone.client.address || host === via?.received)
		return 'where the REGISTER came from';
	return undefined;
}

function placeOf({ host, port }: SipUri): string {
	return formatHostPort((host ?? '').toLowerCase(), port ?? 5060);
}
