import { lastTransaction } from '../../registration/attempt-facts.js';
import { bearerChallenge, bearerHeader, wantsTokenOnly } from '../../registration/bearer-token.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'bearer-token-missing',
	severity: 'fatal',
	title: 'The server asks for a bearer token, and the phone sends none',
	references: ['RFC 8898 §2.1.1', 'RFC 8898 §4'],
	explanation: {
		means:
			'The server takes tokens of an authorization server and no password: its challenge is Bearer, without Digest beside it. The phone has no token, or does not know this scheme.',
		causes: [
			'The phone can do Digest only, and the server was switched to single sign-on.',
			'The user is not logged in at the authorization server, or the log-in has run out.',
			'The account asks a server that is meant for soft clients.',
		],
		confirm: 'WWW-Authenticate: Bearer in the 401, and no Authorization in any REGISTER.',
		lookAlikes: [
			'Bearer beside Digest: the password would do (challenge-unanswered).',
			'A token that was sent and refused: bearer-token-refused.',
		],
	},
	fix: [
		{ who: 'phone', what: 'Log in at the authorization server that the challenge names.' },
		{ who: 'registrar', what: 'Offer Digest as well where phones have passwords.' },
	],
	check({ attempt }) {
		const phone = lastTransaction(attempt)?.phone;
		const final = phone?.final;
		if (attempt.outcome !== 'challenged' || phone === undefined || final === undefined)
			return SILENT;
		const challenge = bearerChallenge(final.message);
		if (challenge === undefined || !wantsTokenOnly(final.message)) return SILENT;
		if (attempt.transactions.some((one) => bearerHeader(one.phone.request.message) !== undefined))
			return SILENT;
		const server = challenge.parameters.get('authz_server');
		const issuer = server === undefined ? '' : ` of ${server}`;
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `${final.src.address} asks for a bearer token${issuer} and offers no Digest; no token was sent.`,
			evidence: inOrder(
				evidenceOf(final, challenge.header, `Bearer${server === undefined ? '' : `, ${server}`}`),
				evidenceOf(phone.request, 'Authorization', 'none'),
			),
		};
	},
});
