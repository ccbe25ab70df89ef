import { describeStatus, lastTransaction } from '../../registration/attempt-facts.js';
import { bearerChallenge, bearerHeader } from '../../registration/bearer-token.js';
import { isChallenge } from '../../sip/status-codes.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'bearer-token-refused',
	severity: 'fatal',
	title: 'The bearer token is refused',
	references: ['RFC 8898 §2.2', 'RFC 6750 §3.1'],
	explanation: {
		means:
			'The phone registers with a token of an authorization server, and the registrar does not take it. A password plays no part.',
		causes: [
			'The token has run out, and the phone did not fetch another.',
			'It was issued by another server, or for another service (audience) or scope.',
			'The registrar cannot ask the authorization server, or has its old keys.',
		],
		confirm:
			'The error parameter of the challenge (invalid_token, insufficient_scope), and the log of the registrar. The times in a token are readable where it was issued.',
		lookAlikes: ['No token was sent at all: bearer-token-missing.'],
	},
	fix: [
		{ who: 'phone', what: 'Log in again, so that a new token is issued.' },
		{ who: 'registrar', what: 'Check issuer, audience, scope and clock against the token.' },
	],
	check({ attempt }) {
		const phone = lastTransaction(attempt)?.phone;
		const final = phone?.final;
		if (phone === undefined || final === undefined) return SILENT;
		const header = bearerHeader(phone.request.message);
		if (attempt.outcome !== 'rejected' || header === undefined) return SILENT;
		const { statusCode } = final.message;
		if (!isChallenge(statusCode)) return SILENT;
		const challenge = bearerChallenge(final.message);
		const error = ['error', 'error_description']
			.flatMap((name) => challenge?.parameters.get(name) ?? [])
			.join(': ');
		const status = describeStatus(final);
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `The bearer token was refused with ${status}${error === '' ? '' : ` (${error})`}.`,
			evidence: inOrder(
				evidenceOf(phone.request, header, 'Bearer'),
				evidenceOf(final, 'Status', `${status}${error === '' ? '' : `, ${error}`}`),
			),
		};
	},
});
