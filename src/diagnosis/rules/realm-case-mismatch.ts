import { describeStatus } from '../../registration/attempt-facts.js';
import { answeringCredentials } from '../../registration/authentication.js';
import { failedRealmRound, offeredRealms, sameRealmButForCase } from '../../registration/realm.js';
import { computedOtherwise } from '../computed-otherwise.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'realm-case-mismatch',
	severity: 'fatal',
	title:
		'The realm of the phone differs from the realm offered only in case, blanks or a trailing dot',
	references: ['RFC 7616 §3.3', 'RFC 3261 §22.1'],
	explanation: {
		means:
			'Realms are compared byte by byte and enter the digest. "SIP.example.com" and "sip.example.com" are two realms, so the registrar finds no credentials of its own and challenges again.',
		causes: [
			'The realm was typed into the phone by hand, with another case or a trailing dot or blank.',
			'Provisioning or the phone changes the case of what it is given.',
		],
		confirm: 'Compare realm= in the challenge with realm= in the credentials, letter by letter.',
		lookAlikes: [
			'Host names in URIs are compared without regard to case: a domain in another case is innocent.',
			'A first REGISTER with cached credentials is not yet an answer to the challenge.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Clear the realm field, so that the realm of the challenge is used, or copy it exactly from the challenge.',
		},
	],
	check(subject) {
		const { attempt, steps } = subject;
		const round = failedRealmRound(attempt, steps);
		if (round === undefined) return computedOtherwise(subject, 'realm-case-mismatch') ?? SILENT;
		const sent = answeringCredentials(round)?.realm ?? '';
		const offered = sameRealmButForCase(sent, offeredRealms(round));
		if (offered === undefined) return SILENT;
		const challenge = round.challenged.challenges.find(({ digest }) => digest.realm === offered);
		const { request, final } = round.answered;
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `The server challenges for realm "${offered}", the phone answers for realm "${sent}": the same but for case, blanks or a dot, and realms are compared byte by byte.`,
			evidence: inOrder(
				evidenceOf(request, 'Authorization realm', `"${sent}"`),
				...evidenceIf(
					challenge?.response,
					`${challenge?.header ?? 'challenge'} realm`,
					`"${offered}"`,
				),
				...evidenceIf(final, 'Status', final === undefined ? '' : describeStatus(final)),
			),
		};
	},
});
