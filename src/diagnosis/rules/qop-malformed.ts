import type { DigestChallenge, DigestCredentials } from '../../digest/digest.js';
import { describeStatus } from '../../registration/attempt-facts.js';
import { answeringCredentials } from '../../registration/authentication.js';
import { refusedCredentials } from '../../registration/refusal.js';
import { computedOtherwise } from '../computed-otherwise.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { presumption } from '../presumption.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'qop-malformed',
	severity: 'fatal',
	title: 'qop, nc or cnonce of the credentials are missing, not offered, or malformed',
	references: ['RFC 7616 §3.4', 'RFC 2617 §3.2.2', 'RFC 3261 §22.4'],
	explanation: {
		means:
			'Where the challenge offers qop, the response is computed over qop, nc (eight hex digits) and cnonce as well, and all three stand in the credentials. Here they do not fit the challenge or each other, so that a strict server cannot verify the response, however right the password is.',
		causes: [
			'Old or incomplete firmware that answers without qop (RFC 2069), or copies the whole list of the offer.',
			'nc is written as a decimal number or without leading zeros.',
			'The phone writes qop and computes without it, or the other way round; the account proves it.',
			'An SBC or a middlebox took qop out of the challenge or out of the answer.',
		],
		confirm:
			'Compare qop= of the challenge with qop=, nc= and cnonce= of the answer. Leave qop out on the registrar once: the phone registers.',
		lookAlikes: [
			'qop="auth" or nc="00000001" in quotes are common, and taken nearly everywhere.',
			'A challenge without qop is legal; then qop, nc and cnonce are absent.',
			'An answer without qop to a challenge with it is accepted by many servers for the sake of old phones.',
		],
	},
	fix: [
		{ who: 'phone', what: 'Update the firmware.' },
		{
			who: 'registrar',
			what: 'Leave qop out of the challenge for such phones (Kamailio: challenge flag without 1).',
		},
	],
	check(subject) {
		const proven = computedOtherwise(subject, 'qop-malformed');
		if (proven !== undefined) return proven;
		const refusal = refusedCredentials(subject.attempt, subject.steps);
		if (refusal === undefined || refusal.round.answered.request.cut) return SILENT;
		const { round, final } = refusal;
		const sent = answeringCredentials(round);
		const offer = round.challenged.challenges.find(({ digest }) => digest.realm === sent?.realm);
		if (sent === undefined || offer === undefined) return SILENT;
		const faults = faultsOf(offer.digest, sent);
		const isTolerated = faults.length === 0;
		if (isTolerated && !isLeftOut(offer.digest, sent)) return SILENT;
		const text = isTolerated ? 'no qop although one is offered' : faults.join(', ');
		const offered = offer.digest.parameters.get('qop');
		const confidence = presumption(subject, round.answered, isTolerated ? 'possible' : 'likely');
		return {
			kind: 'fires',
			confidence,
			summary: `The challenge offers ${offered === undefined ? 'no qop' : `qop "${offered}"`}, the credentials have ${text}, and the server answers ${describeStatus(final)}.`,
			evidence: inOrder(
				evidenceOf(round.answered.request, 'Authorization qop, nc, cnonce', text),
				...evidenceIf(
					offer.response,
					`${offer.header} qop`,
					offered === undefined ? 'none' : `"${offered}"`,
				),
				evidenceOf(final, 'Status', describeStatus(final)),
			),
		};
	},
});

/** Legal under RFC 2617 §3.2.2, no more under RFC 7616 §3.4. */
function isLeftOut({ qop }: DigestChallenge, sent: DigestCredentials): boolean {
	return qop.length > 0 && sent.qop === undefined;
}

function faultsOf(offer: DigestChallenge, sent: DigestCredentials): readonly string[] {
	const { qop, nc, cnonce } = sent;
	if (qop === undefined) return [];
	const faults: string[] = [];
	if (qop.includes(',')) faults.push(`the list qop="${qop}" in place of one value`);
	else if (offer.qop.length === 0) faults.push(`qop=${qop} although none is offered`);
	else if (!offer.qop.includes(qop.toLowerCase())) faults.push(`qop=${qop}, which is not offered`);
	if (nc === undefined) faults.push('no nc');
	else if (!/^[0-9a-f]{8}$/i.test(nc)) faults.push(`nc=${nc}, not of eight hex digits`);
	if (cnonce === undefined) faults.push('no cnonce');
	else if (cnonce === '') faults.push('an empty cnonce');
	return faults;
}
