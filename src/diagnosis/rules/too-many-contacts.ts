import { describeStatus, lastFinal, serverWords } from '../../registration/attempt-facts.js';
import { namedContactLimit } from '../../registration/refusal-words.js';
import { contactsOf } from '../../registration/register-request.js';
import { formatUri } from '../../sip/uri.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'too-many-contacts',
	severity: 'fatal',
	title: 'The account has as many devices registered as it may have',
	references: ['RFC 3261 §10.3', 'RFC 3261 §21.5.4'],
	explanation: {
		means:
			'The server refuses the binding and names a limit: other Contacts of this address-of-record hold all places. Often they are earlier registrations of the very same phone, which the registrar keeps until they expire.',
		causes: [
			'Another phone, softphone or app uses the account.',
			'After a restart or with another port the phone is a new Contact, and the old one still counts.',
			'The limit is lower than the number of devices meant: max_contacts in Asterisk and Kamailio.',
		],
		confirm:
			'List the bindings on the registrar (kamctl ul show, pjsip show aors), or wait until the longest expiry is over.',
		lookAlikes: [
			'A 503 without such words is overload or maintenance.',
			'"Too many attempts" or a rate limit is a ban after failures, not a limit of devices.',
			'Asterisk PJSIP says the same with a plain 403: see forbidden-after-authentication.',
		],
	},
	fix: [
		{
			who: 'registrar',
			what: 'Remove the stale bindings, raise the limit, or let a new registration replace the oldest (Asterisk: remove_existing=yes).',
		},
		{
			who: 'phone',
			what: 'Use one account a device; ask for a shorter expiry, and unregister before a restart.',
		},
	],
	check({ attempt }) {
		const final = lastFinal(attempt);
		const request = attempt.transactions.at(-1)?.phone.request;
		if (final === undefined || request === undefined || final.message.statusCode < 400)
			return SILENT;
		const limit = namedContactLimit(final.message);
		if (limit === undefined) return SILENT;
		// A limit of what is not said: with 403 it is the account's, with other codes more often the server's.
		if (limit === 'vague' && final.message.statusCode !== 403) return SILENT;
		const words = serverWords(final.message).join('; ');
		const answer = `${describeStatus(final)}${words === '' ? '' : ` (${words})`}`;
		const contacts = contactsOf(request.message).map(({ uri }) => formatUri(uri));
		return {
			kind: 'fires',
			confidence: limit === 'plain' ? 'proven' : 'likely',
			summary: `${final.src.address} answers ${answer} to the Contact ${contacts.join(', ')}.`,
			evidence: inOrder(
				evidenceOf(request, 'Contact', contacts.join(', ')),
				evidenceOf(final, 'Status', answer),
			),
		};
	},
});
