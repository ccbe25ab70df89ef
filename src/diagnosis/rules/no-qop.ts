import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'no-qop',
	severity: 'risk',
	title: 'The challenge offers no qop',
	references: ['RFC 7616 §3.3', 'RFC 7616 §5.12', 'RFC 2617 §3.2.1'],
	explanation: {
		means:
			'Without qop the response holds nothing that the phone chose itself, and no count of uses. A REGISTER that was overheard can be sent again as long as the nonce lives, and answers can be looked up in prepared tables.',
		causes: [
			'The registrar leaves it out for the sake of old phones; the stock configuration of Kamailio does.',
		],
		confirm: 'Look for qop= in the challenge.',
		lookAlikes: ['It is legal in SIP, and phones register well with it.'],
	},
	fix: [
		{
			who: 'registrar',
			what: 'Offer qop="auth" (Kamailio: challenge flag 1), and check that the phones in use can do it.',
		},
	],
	check({ steps }) {
		const challenged = steps.findLast(({ challenges }) => challenges.length > 0);
		const [first] = challenged?.challenges ?? [];
		if (challenged === undefined || first === undefined) return SILENT;
		if (challenged.challenges.some(({ digest }) => digest.qop.length > 0)) return SILENT;
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `The challenge for realm "${first.digest.realm ?? ''}" offers no qop.`,
			evidence: inOrder(evidenceOf(first.response, `${first.header} qop`, 'none')),
		};
	},
});
