import { describeStatus, lastFinal } from '../../registration/attempt-facts.js';
import { namesUnservedDomain } from '../../registration/refusal-words.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'user-enumeration',
	severity: 'risk',
	title: 'The server tells anybody which users exist',
	references: ['RFC 3261 §26.3.2.1', 'RFC 3261 §10.3'],
	explanation: {
		means:
			'A REGISTER without credentials for a user that does not exist gets a 404. One for a user that exists is challenged. So everybody can find out the users by trying, and then try passwords on those. RFC 3261 §10.3 asks for credentials first, and only then looks for the user.',
		causes: [
			'chan_sip with alwaysauthreject=no.',
			'A registrar that looks the user up before it challenges.',
		],
		confirm:
			'Send a REGISTER without credentials for an existing and for an invented user, and compare.',
		lookAlikes: ['A 404 after right credentials tells nobody else anything.'],
	},
	fix: [
		{
			who: 'registrar',
			what: 'Challenge every REGISTER alike (alwaysauthreject=yes in chan_sip).',
		},
	],
	check({ attempt, steps, registration }) {
		const final = lastFinal(attempt);
		const last = steps.at(-1);
		if (final === undefined || last === undefined || last.request.cut) return SILENT;
		if (![404, 604].includes(final.message.statusCode) || namesUnservedDomain(final.message))
			return SILENT;
		const isAsked = steps.some(({ challenges }) => challenges.length > 0);
		if (isAsked || last.credentials.length > 0) return SILENT;
		return {
			kind: 'fires',
			confidence: 'likely',
			summary: `${describeStatus(final)} for ${registration.aor ?? 'an address-of-record'} without any credentials.`,
			evidence: inOrder(
				evidenceOf(last.request, 'Authorization', 'none'),
				evidenceOf(final, 'Status', describeStatus(final)),
			),
		};
	},
});
