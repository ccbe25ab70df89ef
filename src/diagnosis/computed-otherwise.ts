/** What the digest search proves, as the verdict of the rule whose fault it is. */
import { describeStatus } from '../registration/attempt-facts.js';
import { answeringCredentials } from '../registration/authentication.js';
import { refusedCredentials, refusedOutOfSight } from '../registration/refusal.js';
import { ruleOfAlteration } from './altered-rule.js';
import { evidenceOf, inOrder } from './evidence.js';
import type { Subject, Verdict } from './rule.js';

/** REGISTERs named as evidence. */
const MOST_EVIDENCE = 4;

/**
 * Fires where refused credentials verify with the account after alterations of which one belongs to the rule of this id;
 * undefined where they do not, or where nothing was searched.
 */
export function computedOtherwise(
	{ attempt, steps, digestSearch }: Subject,
	rule: string,
): Extract<Verdict, { kind: 'fires' }> | undefined {
	const search = digestSearch();
	if (search.kind !== 'found') return undefined;
	const refusal = refusedCredentials(attempt, steps) ?? refusedOutOfSight(attempt, steps);
	if (refusal === undefined) return undefined;
	const { round, final } = refusal;
	const { usernameExtended, username = '', realm = '' } = answeringCredentials(round) ?? {};
	if (!search.alterations.some((one) => ruleOfAlteration(one, realm) === rule)) return undefined;
	const ofSecret = search.alterations.every(({ family }) => family === 'password');
	const asGiven = ofSecret ? 'not with the password as given' : 'not as it is written';
	const status = describeStatus(final);
	const others = search.agrees ? search.requests : [];
	const text = `does not verify as it is, and verifies ${search.words}`;
	return {
		kind: 'fires',
		confidence: search.agrees ? 'proven' : 'strong',
		summary: `With the account given, the response for user "${usernameExtended ?? username}", realm "${realm}" verifies ${search.words}, and ${asGiven}; the server answers ${status}.`,
		evidence: inOrder(
			evidenceOf(round.answered.request, 'Authorization', text),
			...others
				.filter((request) => request !== round.answered.request)
				.slice(-(MOST_EVIDENCE - 1))
				.map((request) => evidenceOf(request, 'Authorization', text)),
			evidenceOf(final, 'Status', status),
		),
	};
}
