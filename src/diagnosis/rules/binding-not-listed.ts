import { describeStatus, lastTransaction } from '../../registration/attempt-facts.js';
import { ownBinding } from '../../registration/binding.js';
import { contactsOf, purposeOf } from '../../registration/register-request.js';
import type { ContactAddress } from '../../sip/headers/contact.js';
import { formatUri } from '../../sip/uri.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

/** Contacts named in the summary; the rest is counted. */
const MAX_NAMED = 3;

export default defineRule({
	id: 'binding-not-listed',
	severity: 'fatal',
	title: 'The server says 200, and the phone is not among the bindings it lists',
	references: ['RFC 3261 §10.3', 'RFC 3261 §10.2.4'],
	explanation: {
		means:
			'A 200 to a REGISTER lists every binding of the address-of-record. This one does not hold the Contact that the phone asked for, or gives it no time at all: the phone is not bound, and calls do not reach it.',
		causes: [
			'Another device holds the only binding that the account may have.',
			'The registrar took the CSeq for an old one and changed nothing.',
			'A box on the way rewrote the Contact, so that the phone does not find its own.',
			'The account is set to expire at once.',
		],
		confirm:
			'Ask the registrar for its list of bindings (a REGISTER without Contact), and compare host and port with those of the phone.',
		lookAlikes: [
			'A registrar or SBC that handles NAT lists another host for the same user: that is the phone.',
			'A 200 without any Contact says nothing, and the binding is taken to be there.',
			'A REGISTER with Expires 0 removes, and its 200 rightly lists nothing.',
		],
	},
	fix: [
		{
			who: 'registrar',
			what: 'Look up the bindings of the account; allow as many as there are devices, and let a new one replace an old one.',
		},
		{ who: 'phone', what: 'Restart the phone, so that it begins with a new Call-ID and CSeq.' },
	],
	check({ attempt }) {
		const phone = lastTransaction(attempt)?.phone;
		const final = phone?.final;
		if (attempt.outcome !== 'unregistered' || phone === undefined || final === undefined)
			return SILENT;
		if (purposeOf(phone.request.message) !== 'bind' || phone.request.cut) return SILENT;
		const [asked] = contactsOf(phone.request.message);
		if (asked === undefined) return SILENT;
		const binding = ownBinding(phone.request.message, final.message, phone.server.address);
		const listed = contactsOf(final.message);
		const gone = binding !== undefined;
		const list = inWords(listed);
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: gone
				? `${describeStatus(final)} gives ${formatUri(asked.uri)} an expiry of 0 s: the phone is not bound.`
				: `The phone asked for ${formatUri(asked.uri)}, and ${describeStatus(final)} lists only ${list}.`,
			evidence: inOrder(
				evidenceOf(phone.request, 'Contact', formatUri(asked.uri)),
				evidenceOf(final, 'Contact', gone ? 'expires 0' : `${list}: not the phone's`),
			),
		};
	},
});

function inWords(listed: readonly ContactAddress[]): string {
	const named = listed.slice(0, MAX_NAMED).map(({ uri }) => formatUri(uri));
	const more = listed.length - named.length;
	return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
