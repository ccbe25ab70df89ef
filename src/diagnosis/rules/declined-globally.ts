import { describeStatus, lastFinal, serverWords } from '../../registration/attempt-facts.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'declined-globally',
	severity: 'fatal',
	title: 'Something in front of the registrar declines the REGISTER for good',
	references: ['RFC 3261 §10.3', 'RFC 3261 §21.6'],
	explanation: {
		means:
			'A 6xx says that no other server will take this request either. A registrar must not send it (RFC 3261 §10.3), so it comes from an SBC, a back-to-back user agent or a fraud or spam policy on the way, or from a device that is no registrar.',
		causes: [
			'The policy of an SBC blocks the account, the source address or the user agent.',
			'Fraud protection of the provider locked the account.',
			'The address of the phone or of a PBX was entered as registrar, and it treats REGISTER like a call.',
		],
		confirm:
			'Read Server, Reason and Warning of the 6xx; ask the provider which rule of its SBC matched.',
		lookAlikes: ['604 says that the user does not exist anywhere: see unknown-user.'],
	},
	fix: [
		{ who: 'sbc', what: 'Find the rule that declines REGISTER of this account or address.' },
		{ who: 'provider', what: 'Check locks and fraud protection of the account.' },
	],
	check({ attempt }) {
		const final = lastFinal(attempt);
		const request = attempt.transactions.at(-1)?.phone.request;
		if (final === undefined || request === undefined) return SILENT;
		const { statusCode } = final.message;
		if (statusCode < 600 || statusCode > 699 || statusCode === 604) return SILENT;
		const words = serverWords(final.message).join('; ');
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `${final.src.address} answers ${describeStatus(final)}, which no registrar may send${words === '' ? '' : `: ${words}`}.`,
			evidence: inOrder(
				evidenceOf(request, 'REGISTER', `to ${final.src.address}`),
				evidenceOf(final, 'Status', `${describeStatus(final)}${words === '' ? '' : ` (${words})`}`),
			),
		};
	},
});
