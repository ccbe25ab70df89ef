import { describeStatus, lastFinal, serverWords } from '../../registration/attempt-facts.js';
import { namesUnservedDomain } from '../../registration/refusal-words.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'unknown-user',
	severity: 'fatal',
	title: 'The registrar does not know the address-of-record',
	references: ['RFC 3261 §10.3', 'RFC 3261 §21.4.5', 'RFC 3261 §21.4.11'],
	explanation: {
		means:
			'404, 410 or 604 to a REGISTER: the To address is not valid in this domain. The server reached is a registrar, and it has no such user.',
		causes: [
			'The user part is written otherwise than the registrar knows it: +, 00, leading 0, letters, case.',
			'The extension or the SIP account was not created, or was deleted.',
			'Asterisk PJSIP: endpoint and password are right, and no AOR section bears the name of the To user.',
			'The REGISTER reached another server or tenant than the one that holds the account.',
		],
		confirm: 'Compare the To address with the accounts of the registrar, character by character.',
		lookAlikes: [
			'404 "Not here" or a word about the domain means that the domain is not served.',
			'Many registrars hide unknown users behind a 401: then see wrong-password.',
		],
	},
	fix: [
		{
			who: 'registrar',
			what: 'Create the user, or name the address-of-record exactly as the To header has it.',
		},
		{ who: 'phone', what: 'Correct the user name (not the authentication name) of the account.' },
	],
	check({ attempt, registration }) {
		const final = lastFinal(attempt);
		if (final === undefined || ![404, 410, 604].includes(final.message.statusCode)) return SILENT;
		// Kamailio's stock configuration says "Not here" for a domain that is not its own.
		if (namesUnservedDomain(final.message)) return SILENT;
		const request = attempt.transactions.at(-1)?.phone.request;
		if (request === undefined) return SILENT;
		const words = serverWords(final.message).join('; ');
		return {
			kind: 'fires',
			confidence: 'strong',
			summary: `The server answers ${describeStatus(final)}: it does not know ${registration.aor ?? 'the address-of-record'}.`,
			evidence: inOrder(
				evidenceOf(request, 'To', registration.aor ?? 'unreadable'),
				evidenceOf(final, 'Status', `${describeStatus(final)}${words === '' ? '' : ` (${words})`}`),
			),
		};
	},
});
