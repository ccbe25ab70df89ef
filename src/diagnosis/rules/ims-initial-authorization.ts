import { describeStatus, lastFinal } from '../../registration/attempt-facts.js';
import { hasAuthorization, imsSign } from '../../registration/ims.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'ims-initial-authorization',
	severity: 'fatal',
	title: 'The first REGISTER to the IMS does not name its private identity',
	references: ['RFC 3310 §3.2', 'RFC 3261 §22.4'],
	explanation: {
		means:
			'In the IMS the very first REGISTER already has an Authorization: username (the private identity), realm and uri, with nonce and response empty (3GPP TS 24.229 §5.1.1.2). Without it the network does not know whose key to challenge with, and refuses.',
		causes: [
			'An ordinary SIP phone or library, which sends no Authorization before it is challenged.',
			'The option for an initial Authorization, or the private identity, is not set.',
			'A proxy on the way removed the header as malformed.',
		],
		confirm: 'Look at the first REGISTER: is there an Authorization with an empty response?',
		lookAlikes: [
			'A network that challenges all the same does not need it.',
			'With the Authorization in place the refusal is about the subscription: see ims-forbidden.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Send the initial Authorization with the private identity (pjsip: auth_initial_send or set_auth_initial), or use an access for ordinary SIP phones.',
		},
	],
	check({ attempt, steps }) {
		const final = lastFinal(attempt);
		const last = steps.at(-1);
		if (final === undefined || last === undefined || attempt.outcome !== 'rejected') return SILENT;
		if (![400, 401, 403].includes(final.message.statusCode)) return SILENT;
		// Who challenges has found the subscriber without it.
		if (steps.some(({ challenges }) => challenges.length > 0)) return SILENT;
		if (steps.some(({ request }) => request.cut || hasAuthorization(request.message)))
			return SILENT;
		const sign = imsSign(last.request.message);
		if (sign === undefined) return SILENT;
		return {
			kind: 'fires',
			confidence: 'likely',
			summary: `The REGISTER is for the IMS (${sign}) and has no Authorization with the private identity; the network answers ${describeStatus(final)}.`,
			evidence: inOrder(
				evidenceOf(last.request, 'Authorization', `none; ${sign}`),
				evidenceOf(final, 'Status', describeStatus(final)),
			),
		};
	},
});
