import { describeStatus, seconds } from '../../registration/attempt-facts.js';
import {
	type AuthenticationRound,
	answeringCredentials,
} from '../../registration/authentication.js';
import { registrarFingerprint } from '../../registration/fingerprint.js';
import { usesCurrentNonce } from '../../registration/nonce.js';
import {
	isStaleRefusal,
	lastRefusedRound,
	refusedRounds,
} from '../../registration/refused-round.js';
import { elapsedMs } from '../../time/instant.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT, type Subject } from '../rule.js';

/** No registrar lets a nonce expire sooner than this. */
const FRESH_MS = 5_000;

export default defineRule({
	id: 'stale-loop',
	severity: 'fatal',
	title: 'Every answer is called stale although it uses the newest nonce',
	references: ['RFC 7616 §3.3', 'RFC 3261 §22.2'],
	explanation: {
		means:
			'stale=true says: the nonce is too old, take the new one and come back. The phone did, within moments, and was told the same again. It is the server that does not know its own nonce any more; with most registrars the digest was even right. A new password changes nothing.',
		causes: [
			'A cluster whose nodes do not share their nonces, behind one address.',
			'The clock of the registrar jumps, or the lifetime of a nonce is set to next to nothing.',
			'The nonce is tied to the source address or to the Call-ID, and a NAT or an SBC changes it each time.',
			'The nonce is good for one use, and a request that was sent twice used it up.',
		],
		confirm:
			'Two 401 with stale=true in a row, each to a REGISTER with the nonce of the 401 before it, sent within 5 s. Look at the registrar for clock, lifetime and cluster.',
		lookAlikes: [
			'One stale=true to a nonce kept from an earlier registration is how it should be.',
			'The old nonce sent again after stale=true is a fault of the phone: see stale-nonce-reused.',
			'An answer that took longer than the lifetime of the nonce: see nonce-expired.',
			'FreeSWITCH says stale to every nonce it does not know, also to a broken Authorization.',
		],
	},
	fix: [
		{
			who: 'registrar',
			what: 'Set the lifetime of nonces to a minute or more, synchronise the clocks, and share nonce secret or table in the cluster.',
		},
		{
			who: 'sbc',
			what: 'Send all requests of one phone to the same registrar (affinity by source address or Call-ID).',
		},
	],
	check(subject) {
		const rounds = staleRounds(subject);
		const last = rounds.at(-1);
		if (last === undefined) return SILENT;
		const { final } = last.answered;
		const offer = last.challenged.challenges.at(-1);
		const waited = rounds.map(delayMs);
		const registrar = registrarFingerprint(subject.steps);
		const status = final === undefined ? '' : describeStatus(final);
		return {
			kind: 'fires',
			confidence: rounds.length >= 2 ? 'proven' : 'likely',
			summary: `${rounds.length === 1 ? 'A REGISTER' : `${rounds.length} REGISTERs`} with the newest nonce, ${seconds(Math.max(...waited))} old at most, got ${status} with stale=true${
				registrar === undefined ? '' : ` from ${registrar.kind} (${registrar.by})`
			}.`,
			evidence: inOrder(
				...[
					evidenceOf(
						last.answered.request,
						'Authorization nonce',
						`"${answeringCredentials(last)?.nonce ?? ''}", the newest`,
					),
				],
				...evidenceIf(
					offer?.response,
					`${offer?.header ?? ''} nonce`,
					`"${offer?.digest.nonce ?? ''}"`,
				),
				...rounds.flatMap(({ answered }) =>
					evidenceIf(answered.final, 'Status', `${status}, stale=true`),
				),
			),
		};
	},
});

/** The fresh answers called stale in the run of stale refusals that the attempt ended with. */
function staleRounds({ attempt, steps }: Subject): readonly AuthenticationRound[] {
	const rounds = refusedRounds(attempt, steps);
	if (rounds.at(-1)?.answered !== lastRefusedRound(attempt, steps)?.answered) return [];
	const broken = rounds.findLastIndex((round) => !isCalledStale(round));
	return rounds
		.slice(broken + 1)
		.filter((round) => delayMs(round) < FRESH_MS)
		.slice(-MAX_ROUNDS);
}

/** More tell nothing more. */
const MAX_ROUNDS = 20;

function isCalledStale(round: AuthenticationRound): boolean {
	return isStaleRefusal(round) && usesCurrentNonce(round);
}

/** From the challenge to the answer. */
function delayMs({ challenged, answered }: AuthenticationRound): number {
	const from = challenged.final?.at ?? answered.request.at;
	return elapsedMs(from, answered.request.at);
}
