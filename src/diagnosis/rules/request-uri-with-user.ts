import { lastTransaction } from '../../registration/attempt-facts.js';
import { requestUriOf } from '../../registration/register-request.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'request-uri-with-user',
	severity: 'risk',
	title: 'The Request-URI of the REGISTER has a user part',
	references: ['RFC 3261 §10.2'],
	explanation: {
		means:
			'The Request-URI of a REGISTER names the domain of the registrar, and no user. Most registrars overlook it; some look for a user there and answer 404 or 400, and a server that compares it with the digest uri refuses the credentials.',
		causes: ['The user was entered in the field of the registrar (user@domain).', 'Old firmware.'],
		confirm: 'Read the first line of the REGISTER: sip:user@domain in place of sip:domain.',
		lookAlikes: ['In any other request a user there is right.'],
	},
	fix: [{ who: 'phone', what: 'Enter only the domain as registrar; update the firmware.' }],
	check({ attempt }) {
		const request = lastTransaction(attempt)?.phone.request;
		const uri = request && requestUriOf(request.message);
		if (request === undefined || uri?.user === undefined) return SILENT;
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `The REGISTER goes to the user "${uri.user}" at "${uri.host ?? ''}", where only a domain may stand.`,
			evidence: inOrder(evidenceOf(request, 'Request-URI', `user "${uri.user}"`)),
		};
	},
});
