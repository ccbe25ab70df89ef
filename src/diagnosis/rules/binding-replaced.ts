import { formatEndpoint } from '../../net/endpoint.js';
import { replacement } from '../../registration/other-devices.js';
import { formatUri } from '../../sip/uri.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'binding-replaced',
	severity: 'degraded',
	title: 'Another device registers the same account and takes its place',
	references: ['RFC 3261 §10.3', 'RFC 5626 §4.1'],
	explanation: {
		means:
			'Two devices register one address-of-record, and the registrar keeps only one of them: the one that came last. Each believes to be registered, and calls reach the other half of the time.',
		causes: [
			'The account was entered twice: a new phone, a softphone, an old device that was never taken out.',
			'The registrar allows one Contact for the account.',
		],
		confirm: 'List the bindings at the registrar right after each of the two has registered.',
		lookAlikes: [
			'Several devices on one account whose Contacts are all listed ring together, as intended.',
			'Many servers list only the Contact of the one that asks: then the list proves nothing.',
			'The same phone after a restart or with another address.',
		],
	},
	fix: [
		{ who: 'phone', what: 'Take the account out of one of the devices, or give each its own.' },
		{
			who: 'registrar',
			what: 'Allow as many Contacts as there are devices (Asterisk max_contacts, FreeSWITCH multiple-registrations).',
		},
	],
	check({ attempt, registration, index }) {
		if (attempt !== registration.decisive || attempt.outcome !== 'registered') return SILENT;
		const found = replacement(attempt, registration, index);
		if (found === undefined) return SILENT;
		const { bound, by, listed, own, listsAll } = found;
		if (listsAll === undefined) {
			return {
				kind: 'cannot-tell',
				because: `${formatEndpoint(by.src)} registered the same account, and its 200 does not list this phone; it may be that this server lists only who asks`,
				decidedBy: 'the list of bindings at the registrar, or a REGISTER without Contact',
			};
		}
		return {
			kind: 'fires',
			confidence: 'strong',
			summary: `While ${formatUri(own)} was bound, ${formatEndpoint(by.src)} registered the same account, and its 200 no longer lists this phone.`,
			evidence: inOrder(
				evidenceOf(bound, 'Contact', `${formatUri(own)} is bound`),
				evidenceOf(by, 'REGISTER', `of another device, from ${formatEndpoint(by.src)}`),
				evidenceOf(listed, 'Contact', 'without this phone'),
				evidenceOf(listsAll, 'Contact', 'this server lists the bindings of others as well'),
			),
		};
	},
});
