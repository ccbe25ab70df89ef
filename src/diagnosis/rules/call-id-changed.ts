import { describeStatus } from '../../registration/attempt-facts.js';
import { answeringCredentials } from '../../registration/authentication.js';
import {
	changedCallId,
	isTakenElsewhere,
	refusedForChange,
} from '../../registration/changed-identity.js';
import { nonceTie } from '../../registration/nonce-binding.js';
import { isStaleRefusal } from '../../registration/refused-round.js';
import { atOneServer } from '../../registration/source-index.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import type { Confidence } from '../finding.js';
import { presumption } from '../presumption.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'call-id-changed',
	severity: 'fatal',
	title: 'The answer to the challenge comes under another Call-ID or From tag',
	references: ['RFC 3261 §10.2', 'RFC 3261 §22.2', 'RFC 3261 §8.1.3.5'],
	explanation: {
		means:
			'The phone answers a challenge with a REGISTER that, by its Call-ID or From tag, is a new one. A registrar that ties its nonce to them (Kamailio with auth_checks_register, chan_sip) does not find the challenge that belongs to it, and challenges again.',
		causes: [
			'The firmware makes a new Call-ID for each REGISTER.',
			'A middlebox rewrites the Call-ID, and not the same way each time.',
			'auth_checks_register of Kamailio is stricter than the phones are.',
		],
		confirm:
			'Compare Call-ID and From tag of the REGISTER that was challenged with those of the one that answers. On the registrar leave out the check once: the phone registers.',
		lookAlikes: [
			'A registrar that takes such an answer of this phone, or of another one, does not look at Call-ID and tag.',
			'Most registrars do not mind; RFC 3261 only recommends one Call-ID. Then the password or the realm is refused.',
			'A new Call-ID for each refresh is healthy.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Update the firmware: one Call-ID for all REGISTERs, and one From tag for challenge and answer.',
		},
		{
			who: 'registrar',
			what: 'Do not tie the nonce to Call-ID and From tag (Kamailio: auth_checks_register without the flags 2 and 4).',
		},
	],
	check(subject) {
		const changes = refusedForChange(subject.attempt, subject.steps, changedCallId);
		const last = changes.at(-1);
		if (last === undefined) return SILENT;
		const { challenged, answered } = last.round;
		const { final } = answered;
		const nonce = answeringCredentials(last.round)?.nonce ?? '';
		const tie = nonceTie('call-id', nonce, subject.steps, answered.request.at);
		if (tie === 'free') return SILENT;
		const known = atOneServer(subject.registration, subject.index);
		if (tie === 'may' && isTakenElsewhere(last.round, known, changedCallId)) return SILENT;
		// stale=true says that the digest was right, or not looked at.
		const unchecked: Confidence = isStaleRefusal(last.round)
			? 'strong'
			: tie === 'tied'
				? 'likely'
				: 'possible';
		return {
			kind: 'fires',
			confidence: presumption(subject, answered, unchecked),
			summary: `The challenge was for ${last.field} "${last.before}", the answer has "${last.after}"${
				changes.length === 1 ? '' : ` (and so ${changes.length} times)`
			}, and the server answers ${final === undefined ? 'nothing' : describeStatus(final)}.`,
			evidence: inOrder(
				evidenceOf(
					answered.request,
					last.field,
					`"${last.after}", with the nonce of the challenge`,
				),
				evidenceOf(challenged.request, last.field, `"${last.before}"`),
				...evidenceIf(final, 'Status', final === undefined ? '' : describeStatus(final)),
			),
		};
	},
});
