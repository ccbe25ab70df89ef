import { seconds } from '../../registration/attempt-facts.js';
import { authenticationSteps, type OfferedChallenge } from '../../registration/authentication.js';
import { elapsedMs } from '../../time/instant.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT, type Subject } from '../rule.js';

/** A nonce that is still offered after so long does not expire. */
const LONG_MS = 3_600_000;

export default defineRule({
	id: 'static-nonce',
	severity: 'risk',
	title: 'The server offers the same nonce for more than an hour',
	references: ['RFC 7616 §3.3', 'RFC 7616 §5.4'],
	explanation: {
		means:
			'A nonce shall be new for each challenge, or at least for a short time: an answer that was overheard is worth something as long as the nonce is taken. This one is still offered after an hour.',
		causes: [
			'A self-made or very old registrar with a fixed nonce.',
			'The lifetime of nonces is set without end.',
		],
		confirm: 'Compare nonce= of challenges that lie hours apart.',
		lookAlikes: [
			'The same nonce in the answers to retransmissions, or within a minute, is in order.',
		],
	},
	fix: [
		{
			who: 'registrar',
			what: 'Make nonces at random or from the time, and let them expire within minutes.',
		},
	],
	check(subject) {
		if (subject.attempt !== subject.registration.decisive) return SILENT;
		const pair = longestOffer(subject);
		if (pair === undefined) return SILENT;
		const { first, last } = pair;
		const gap = seconds(elapsedMs(first.response.at, last.response.at));
		const nonce = `"${last.digest.nonce ?? ''}"`;
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `The nonce ${nonce} is offered again ${gap} after it was offered first.`,
			evidence: inOrder(
				evidenceOf(first.response, `${first.header} nonce`, nonce),
				evidenceOf(last.response, `${last.header} nonce`, `${nonce}, the same`),
			),
		};
	},
});

/** The first nonce that was offered again after an hour, with its first and its later challenge. */
function longestOffer({ registration }: Subject) {
	const seen = new Map<string, OfferedChallenge>();
	for (const attempt of registration.attempts) {
		for (const challenge of authenticationSteps(attempt).flatMap(({ challenges }) => challenges)) {
			const nonce = challenge.digest.nonce ?? '';
			const first = seen.get(nonce);
			if (first === undefined) seen.set(nonce, challenge);
			else if (nonce !== '' && elapsedMs(first.response.at, challenge.response.at) > LONG_MS)
				return { first, last: challenge };
		}
	}
	return undefined;
}
