import { describeStatus } from '../../registration/attempt-facts.js';
import { answeringCredentials } from '../../registration/authentication.js';
import { refusedCredentials } from '../../registration/refusal.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'credentials-verified-but-rejected',
	severity: 'fatal',
	title: 'The response verifies with the password given, and the registrar challenges again',
	references: ['RFC 7616 §3.4.1', 'RFC 3261 §22.4', 'RFC 3261 §10.3'],
	explanation: {
		means:
			'The phone uses exactly the password given. The registrar refuses it all the same: its own copy differs, or it binds the account to something else.',
		causes: [
			'The registrar stores another password, or an HA1 computed for another realm or username.',
			'It requires the digest username to equal the user of the To header.',
			'It compares the digest uri with the Request-URI.',
			'The account is locked, or allowed from other addresses only.',
		],
		confirm: 'Look into the log of the registrar at this time; set the password there anew.',
		lookAlikes: [
			'stale=true: only the nonce is too old.',
			'The nonce came from another server of a cluster that does not share nonces.',
			'In a probe the password given is what is being tested; that it verifies proves nothing.',
		],
	},
	fix: [
		{
			who: 'registrar',
			what: 'Set the password of the account anew, and compute HA1 for the realm that is in the challenge.',
		},
		{
			who: 'registrar',
			what: 'Allow this digest username for the address-of-record, or relax the check.',
		},
	],
	check({ attempt, steps, isProbe, digestCheck }) {
		const refusal = refusedCredentials(attempt, steps);
		if (refusal === undefined || refusal.stale || isProbe) return SILENT;
		const { round, final } = refusal;
		if (final.message.statusCode === 403) return SILENT;
		const check = digestCheck(round.answered);
		if (check.kind !== 'verifies') return SILENT;
		const { username, realm } = answeringCredentials(round) ?? {};
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `The response for user "${username ?? ''}", realm "${realm ?? ''}" verifies with the password given, and the server answers ${describeStatus(final)}.`,
			evidence: inOrder(
				evidenceOf(round.answered.request, 'Authorization response', 'verifies, fresh nonce'),
				evidenceOf(final, 'Status', describeStatus(final)),
			),
		};
	},
});
