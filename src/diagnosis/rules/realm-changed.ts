import { acceptedBefore } from '../../registration/accepted-before.js';
import { describeStatus } from '../../registration/attempt-facts.js';
import type { AuthenticationStep } from '../../registration/authentication.js';
import { answeringCredentials } from '../../registration/authentication.js';
import { refusedCredentials } from '../../registration/refusal.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import type { Confidence } from '../finding.js';
import { defineRule, SILENT, type Subject } from '../rule.js';

export default defineRule({
	id: 'realm-changed',
	severity: 'fatal',
	title: 'The realm of the registrar changed, and what was right before is refused',
	references: ['RFC 7616 §3.3', 'RFC 7616 §3.4.2', 'RFC 3261 §22.1'],
	explanation: {
		means:
			'This phone registered with one realm, and is now challenged for another and refused. The realm is part of HA1, the hash that registrars and some phones store in place of the password: with another realm every stored HA1 is worthless, although nobody touched a password.',
		causes: [
			'The realm or the domain was changed on the registrar, and its stored HA1 were not computed anew.',
			'The domain on the phone was changed: Kamailio takes the realm from the From domain by default, FreeSWITCH from To.',
			'The phone was moved to another registrar that imported only the HA1 of its users.',
		],
		confirm:
			'Compare the realm of the last challenge that was answered with success with that of the first refused one. Set the password of one account anew on the registrar: that phone registers.',
		lookAlikes: [
			'The password was changed at the same moment.',
			'The phone keeps the old realm: see realm-mismatch.',
		],
	},
	fix: [
		{
			who: 'registrar',
			what: 'Set the realm back to the old one and keep it fixed, or set the passwords anew so that HA1 is computed for the new one.',
		},
		{
			who: 'phone',
			what: 'Where a hash in place of a password is stored (Snom user_hash): enter the password.',
		},
	],
	check(subject) {
		const refusal = refusedCredentials(subject.attempt, subject.steps);
		if (refusal === undefined || refusal.stale) return SILENT;
		const { round, final } = refusal;
		const realm = answeringCredentials(round)?.realm ?? '';
		const accepted = acceptedBefore(subject.attempt, subject.registration);
		const before = accepted?.credentials[0]?.digest.realm;
		if (accepted === undefined || before === undefined) return SILENT;
		if (accepted.credentials.some(({ digest }) => digest.realm === realm)) return SILENT;
		return {
			kind: 'fires',
			confidence: confidenceOf(subject, accepted, round.answered),
			summary: `Credentials for realm "${before}" were accepted before; now the challenge is for realm "${realm}", and the answer to it gets ${describeStatus(final)}.`,
			evidence: inOrder(
				evidenceOf(round.answered.request, 'Authorization realm', `"${realm}"`),
				...evidenceIf(accepted.final, 'Status', `success with realm "${before}"`),
				evidenceOf(final, 'Status', describeStatus(final)),
			),
		};
	},
});

/**
 * A password that verified with the old realm and does not with the new one: the phone holds an HA1, too. One that does
 * not verify with the old realm either is not the phone's, and says nothing.
 */
function confidenceOf(
	{ isProbe, digestCheck }: Subject,
	accepted: AuthenticationStep,
	refused: AuthenticationStep,
): Confidence {
	const now = isProbe ? 'not-checked' : digestCheck(refused).kind;
	if (now === 'verifies') return 'strong';
	if (now === 'not-checked') return 'likely';
	const then = digestCheck(accepted);
	if (then.kind === 'verifies') return 'strong';
	// An account for the new realm alone may well have had another password in the old one.
	const isOfOthers = then.kind === 'does-not-verify' && then.account.realm === undefined;
	return isOfOthers ? 'likely' : 'possible';
}
