import { staleBindings } from '../../registration/stale-bindings.js';
import { formatUri } from '../../sip/uri.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

const MAX_NAMED = 3;

export default defineRule({
	id: 'stale-bindings',
	severity: 'degraded',
	title: 'The registrar still lists earlier addresses of the same phone',
	references: ['RFC 3261 §10.2.4', 'RFC 5626 §4.2'],
	explanation: {
		means:
			'The list of bindings holds Contacts that this phone had before: an earlier port, an earlier address. Calls are sent there as well until they run out, and count against the number of devices.',
		causes: [
			'The phone was restarted or got another address without unregistering.',
			'The NAT gives another port at each refresh, and the registrar stores the port.',
			'The registrar does not replace bindings of the same instance or Call-ID.',
		],
		confirm: 'Watch the expiry of the other Contacts in successive answers: it only goes down.',
		lookAlikes: [
			'Several devices on one account list several Contacts rightly.',
			'A phone that registers over several flows (RFC 5626) has several bindings on purpose.',
		],
	},
	fix: [
		{
			who: 'registrar',
			what: 'Replace bindings of the same device (Asterisk remove_existing=yes), and grant shorter times.',
		},
		{ who: 'phone', what: 'Let it unregister on restart, and use +sip.instance where it can.' },
	],
	check({ attempt, registration, index }) {
		if (attempt !== registration.decisive || attempt.outcome !== 'registered') return SILENT;
		const found = staleBindings(attempt, registration, index);
		if (found === undefined) return SILENT;
		const named = found.stale
			.slice(0, MAX_NAMED)
			.map(({ uri, expires }) =>
				expires === undefined ? formatUri(uri) : `${formatUri(uri)} (${expires} s left)`,
			);
		return {
			kind: 'fires',
			confidence: found.earlier === undefined ? 'likely' : 'proven',
			summary: `Beside ${formatUri(found.own.uri)} the 200 lists ${named.join(', ')}${found.stale.length > MAX_NAMED ? ` and ${found.stale.length - MAX_NAMED} more` : ''} of the same phone.`,
			evidence: inOrder(
				evidenceOf(found.final, 'Contact', named.join(', ')),
				...evidenceIf(found.earlier, 'Contact', 'as this phone registered before'),
			),
		};
	},
});
