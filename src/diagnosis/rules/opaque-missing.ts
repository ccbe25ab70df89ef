import { describeStatus } from '../../registration/attempt-facts.js';
import { answeringCredentials } from '../../registration/authentication.js';
import { refusedCredentials } from '../../registration/refusal.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { presumption } from '../presumption.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'opaque-missing',
	severity: 'fatal',
	title: 'The phone does not return opaque as it was given',
	references: ['RFC 7616 §3.3', 'RFC 7616 §3.4', 'RFC 2617 §3.2.1'],
	explanation: {
		means:
			'opaque is a word of the server that the phone has to give back unchanged. Most servers do not look at it; one that finds its state by it takes an answer without it for no answer at all.',
		causes: [
			'Old firmware that leaves opaque out, or returns that of an earlier challenge.',
			'A middlebox that rewrites the header field.',
		],
		confirm: 'Compare opaque= of the challenge with opaque= of the credentials, byte by byte.',
		lookAlikes: [
			'Most registrars ignore opaque; then the refusal is about the password.',
			'An empty opaque may be left out.',
		],
	},
	fix: [
		{ who: 'phone', what: 'Update the firmware.' },
		{ who: 'registrar', what: 'Do not send opaque, or do not insist on it.' },
	],
	check(subject) {
		const refusal = refusedCredentials(subject.attempt, subject.steps);
		if (refusal === undefined || refusal.round.answered.request.cut) return SILENT;
		const { round, final } = refusal;
		const sent = answeringCredentials(round);
		const offers = round.challenged.challenges.filter(
			({ digest }) => digest.nonce === sent?.nonce && (digest.opaque ?? '') !== '',
		);
		const [offer] = offers;
		if (sent === undefined || offer === undefined) return SILENT;
		if (offers.some(({ digest }) => digest.opaque === sent.opaque)) return SILENT;
		const returned = sent.opaque === undefined ? 'none' : `"${sent.opaque}"`;
		return {
			kind: 'fires',
			confidence: presumption(subject, round.answered, 'possible'),
			summary: `The challenge has opaque "${offer.digest.opaque ?? ''}", the credentials have ${returned}, and the server answers ${describeStatus(final)}.`,
			evidence: inOrder(
				evidenceOf(round.answered.request, 'Authorization opaque', returned),
				evidenceOf(offer.response, `${offer.header} opaque`, `"${offer.digest.opaque ?? ''}"`),
				evidenceOf(final, 'Status', describeStatus(final)),
			),
		};
	},
});
