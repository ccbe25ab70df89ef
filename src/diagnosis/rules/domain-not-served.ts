import { describeStatus, lastFinal, serverWords } from '../../registration/attempt-facts.js';
import { namesUnservedDomain } from '../../registration/refusal-words.js';
import { requestUriOf } from '../../registration/register-request.js';
import { findToUri } from '../../sip/headers/from-to.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'domain-not-served',
	severity: 'fatal',
	title: 'The server does not serve the domain that the phone registers in',
	references: ['RFC 3261 §10.3', 'RFC 3261 §21.4.4', 'RFC 3261 §21.4.5'],
	explanation: {
		means:
			'A registrar first looks whether the domain of the Request-URI is its own (RFC 3261 §10.3 step 1). This server says in its answer that it is not, so it never came to user and password.',
		causes: [
			'A host name or an IP address stands on the phone where the domain of the provider belongs.',
			'The phone was moved to another provider and kept the old domain.',
			'The domain is missing on the server (alias in Kamailio, domain in FreeSWITCH and BroadWorks).',
		],
		confirm:
			'Compare the host of the Request-URI and of To with the domain in the data of the provider.',
		lookAlikes: [
			'404 with other words means that the user is not known: see unknown-user.',
			'A 403 with other words is about sender, account or password.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Enter the domain of the provider as SIP domain or registrar, and the address of its host as outbound proxy.',
		},
		{ who: 'registrar', what: 'Add the domain to the ones served, if phones are to use it.' },
	],
	check({ attempt }) {
		const final = lastFinal(attempt);
		const request = attempt.transactions.at(-1)?.phone.request;
		if (final === undefined || request === undefined) return SILENT;
		if (![403, 404].includes(final.message.statusCode)) return SILENT;
		if (!namesUnservedDomain(final.message)) return SILENT;
		const asked = requestUriOf(request.message)?.host ?? request.message.requestUri;
		const to = findToUri(request.message)?.host ?? 'unreadable';
		const words = serverWords(final.message).join('; ');
		return {
			kind: 'fires',
			confidence: 'strong',
			summary: `${final.src.address} answers ${describeStatus(final)} to a REGISTER for the domain "${asked}"${to === asked ? '' : ` with "${to}" in To`}.`,
			evidence: inOrder(
				evidenceOf(request, 'Request-URI', `host "${asked}", host of To "${to}"`),
				evidenceOf(final, 'Status', `${describeStatus(final)}${words === '' ? '' : ` (${words})`}`),
			),
		};
	},
});
