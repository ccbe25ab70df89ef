import { describeStatus } from '../../registration/attempt-facts.js';
import { answeringCredentials, authenticationRounds } from '../../registration/authentication.js';
import { roundsWithOldNonce } from '../../registration/nonce.js';
import { isRefused } from '../../registration/outcome.js';
import { computedOtherwise } from '../computed-otherwise.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'stale-nonce-reused',
	severity: 'fatal',
	title: 'The phone keeps answering with an old nonce although a new challenge came',
	references: ['RFC 7616 §3.3', 'RFC 3261 §22.2', 'RFC 3261 §22.3'],
	explanation: {
		means:
			'The server issued a new nonce, and the next REGISTER still carries the one before. The server can only refuse it again, and a right password does not help.',
		causes: [
			'The phone caches the nonce per realm and ignores the new challenge (firmware).',
			'The phone takes up a new nonce only where stale=true is written, and the registrar does not write it.',
			'A middlebox answers with a cached challenge of its own.',
			'The phone writes the new nonce and computes with the old one; the account proves it.',
		],
		confirm:
			'Compare nonce= of the last challenge with nonce= of the REGISTER that follows it, twice in a row.',
		lookAlikes: [
			'The first REGISTER of a refresh normally carries the cached nonce; one extra round trip is healthy.',
			'A stateless server answers each retransmission with another nonce; any of them counts as current.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Update the firmware; switch off caching of credentials (pre-emptive Authorization) where that can be set.',
		},
		{ who: 'registrar', what: 'Send stale=true with a challenge that replaces an expired nonce.' },
	],
	check(subject) {
		const { attempt, steps } = subject;
		const proven = computedOtherwise(subject, 'stale-nonce-reused');
		if (proven !== undefined) return proven;
		if (!isRefused(attempt.outcome)) return SILENT;
		const rounds = roundsWithOldNonce(steps);
		const last = rounds.at(-1);
		// The last round must be one of them: a phone that came round in the end failed for another reason.
		if (rounds.length < 2 || last === undefined) return SILENT;
		if (last.answered !== authenticationRounds(steps).at(-1)?.answered) return SILENT;
		const [first] = rounds;
		const used = answeringCredentials(last)?.nonce ?? '';
		const current = last.challenged.challenges.at(-1);
		const { final } = last.answered;
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `${rounds.length} REGISTERs answered a new challenge with the old nonce "${used}"; the last one offered was "${current?.digest.nonce ?? ''}".`,
			evidence: inOrder(
				evidenceOf(last.answered.request, 'Authorization nonce', `"${used}"`),
				...evidenceIf(first?.answered.request, 'Authorization nonce', `"${used}" (first reuse)`),
				...evidenceIf(
					current?.response,
					`${current?.header ?? 'challenge'} nonce`,
					`"${current?.digest.nonce ?? ''}"`,
				),
				...evidenceIf(final, 'Status', final === undefined ? '' : describeStatus(final)),
			),
		};
	},
});
