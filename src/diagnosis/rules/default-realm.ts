import { classifyAddress } from '../../net/address.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

/** What registrars come with, and nobody has changed. */
const DEFAULTS = [
	'asterisk',
	'*',
	'sip',
	'fritz.box',
	'localhost',
	'localdomain',
	'freeswitch',
	'',
];

export default defineRule({
	id: 'default-realm',
	severity: 'risk',
	title: 'The realm is a default or an address, and not unique',
	references: ['RFC 3261 §22.1'],
	explanation: {
		means:
			'A realm must be globally unique and should hold a domain: a phone picks its credentials by it. With "asterisk" or an IP address an account for one server is offered to every other that says the same, and a change of the address makes stored HA1 worthless.',
		causes: [
			'The registrar runs with the realm it came with.',
			'The realm is taken from an address instead of a name.',
		],
		confirm: 'Read realm= in WWW-Authenticate.',
		lookAlikes: ['It works as long as there is one server; nothing is broken by it alone.'],
	},
	fix: [
		{
			who: 'registrar',
			what: 'Set the domain of the service as realm; afterwards set stored HA1 anew.',
		},
	],
	check({ steps }) {
		const challenge = steps.flatMap(({ challenges }) => challenges).at(-1);
		const realm = challenge?.digest.realm;
		if (challenge === undefined || realm === undefined) return SILENT;
		const isAddress = classifyAddress(realm) !== 'name';
		if (!DEFAULTS.includes(realm.toLowerCase()) && !isAddress) return SILENT;
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `The realm is "${realm}", ${isAddress ? 'an address' : 'a default of the software'}.`,
			evidence: inOrder(evidenceOf(challenge.response, `${challenge.header} realm`, `"${realm}"`)),
		};
	},
});
