import { acceptedBefore } from '../../registration/accepted-before.js';
import { describeStatus } from '../../registration/attempt-facts.js';
import {
	type AuthenticationRound,
	answeringCredentials,
} from '../../registration/authentication.js';
import { failedRealmRound, offeredRealms, sameRealmButForCase } from '../../registration/realm.js';
import type { SourceIndex } from '../../registration/source-index.js';
import { computedOtherwise } from '../computed-otherwise.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT, type Subject } from '../rule.js';

export default defineRule({
	id: 'realm-mismatch',
	severity: 'fatal',
	title: 'The phone answers with a realm that the server did not offer',
	references: ['RFC 7616 §3.3', 'RFC 3261 §22.1', 'RFC 3261 §22.2'],
	explanation: {
		means:
			'The realm in the credentials is none of the realms in the challenge. A registrar looks for credentials of its own realm, finds none, and challenges again for ever, however right the password is.',
		causes: [
			'A realm is configured on the phone (or in its provisioning) and is not the one the registrar uses now.',
			'The registrar or SBC changed its realm, and the phone keeps the old one.',
			'The phone was moved to another provider and kept the old account data.',
			'The phone copies the realm of the challenge and computes with the configured one; the account proves it.',
		],
		confirm:
			'Compare realm= in WWW-Authenticate with realm= in the Authorization of the REGISTER that follows it, byte by byte.',
		lookAlikes: [
			'The first REGISTER of a refresh may carry cached credentials for an old realm; the one after the new challenge must be right.',
			'The digest username or the domain in the URI may differ from the realm; that is legal.',
			'Two realms can be challenged (registrar and proxy); credentials for one of them are right.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Clear the realm field of the account, so that the phone takes the realm from the challenge, or enter the realm that the challenge shows.',
		},
		{
			who: 'registrar',
			what: 'If the realm was changed on purpose, provision the phones with the new one; otherwise set it back.',
		},
	],
	check(subject) {
		const { attempt, steps, index } = subject;
		const round = failedRealmRound(attempt, steps);
		if (round === undefined) {
			return isRealmOfBefore(subject)
				? SILENT
				: (computedOtherwise(subject, 'realm-mismatch') ?? SILENT);
		}
		if (isChallengedBetween(round, index)) return SILENT;
		const sent = answeringCredentials(round)?.realm ?? '';
		if (sameRealmButForCase(sent, offeredRealms(round)) !== undefined) return SILENT;
		const offered = offeredRealms(round)
			.map((realm) => `"${realm}"`)
			.join(' and ');
		const [challenge] = round.challenged.challenges;
		const { request, final } = round.answered;
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `The server challenges for realm ${offered}, the phone answers for realm "${sent}".`,
			evidence: inOrder(
				evidenceOf(request, 'Authorization realm', `"${sent}"`),
				...evidenceIf(challenge?.response, `${challenge?.header ?? 'challenge'} realm`, offered),
				...evidenceIf(final, 'Status', final === undefined ? '' : describeStatus(final)),
			),
		};
	},
});

/** An answer to a REGISTER that the capture misses: the credentials may be for the realm of that. */
function isChallengedBetween(
	{ challenged, answered }: AuthenticationRound,
	{ orphansTo }: SourceIndex,
): boolean {
	const { request, transaction } = answered;
	return orphansTo(transaction.phone.client).some(
		({ at }) => at >= challenged.request.at && at <= request.at,
	);
}

/** Hashed with the realm that was accepted until now: the server changed it, and the phone keeps a hash (realm-changed). */
function isRealmOfBefore({ attempt, registration, digestSearch }: Subject): boolean {
	const search = digestSearch();
	if (search.kind !== 'found') return false;
	const before = acceptedBefore(attempt, registration)?.credentials ?? [];
	return search.alterations.some(
		({ family, hashed }) =>
			family === 'realm' && before.some(({ digest }) => digest.realm === hashed),
	);
}
