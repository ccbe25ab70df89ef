import { describeStatus } from '../../registration/attempt-facts.js';
import type { AuthenticationRound } from '../../registration/authentication.js';
import { lastRefusedRound } from '../../registration/refused-round.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'credentials-in-wrong-header',
	severity: 'fatal',
	title: 'The credentials stand in the header field that the server does not look at',
	references: ['RFC 3261 §22.2', 'RFC 3261 §22.3'],
	explanation: {
		means:
			'A 401 with WWW-Authenticate is answered in Authorization, a 407 with Proxy-Authenticate in Proxy-Authorization. The phone put a right answer into the other one. The server finds none where it looks, and challenges again.',
		causes: [
			'The firmware knows only one of the two, or mixes them up where a proxy challenges a REGISTER.',
			'A B2BUA or SBC turns a 407 into a 401, or the other way round, and hands the credentials on as they are.',
		],
		confirm:
			'Compare the name of the header field of the challenge with that of the credentials that follow it.',
		lookAlikes: [
			'A registrar behind a proxy: the phone sends both, and each looks at its own.',
			'A 407 to a REGISTER is legal where a proxy asks; it must only be answered as such.',
		],
	},
	fix: [
		{ who: 'phone', what: 'Update the firmware, or use a phone that answers 407 to a REGISTER.' },
		{
			who: 'registrar',
			what: 'Challenge a REGISTER with 401 and WWW-Authenticate, which every phone answers rightly.',
		},
	],
	check({ attempt, steps }) {
		const round = lastRefusedRound(attempt, steps);
		const misplaced = round && misplacedAnswer(round);
		if (round === undefined || misplaced === undefined) return SILENT;
		const { asked, sent, response } = misplaced;
		const { request, final } = round.answered;
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `The challenge is in ${asked}, the credentials for it are in ${sent}${
				final === undefined ? '' : `, and the server answers ${describeStatus(final)}`
			}.`,
			evidence: inOrder(
				evidenceOf(response, asked, 'the challenge'),
				evidenceOf(request, sent, `the answer; no ${answerTo(asked)} for this realm`),
				...evidenceIf(final, 'Status', final === undefined ? '' : describeStatus(final)),
			),
		};
	},
});

/** The answer to a challenge, by realm or nonce, where none stands in the header field that belongs to the challenge. */
function misplacedAnswer({ challenged, answered }: AuthenticationRound) {
	if (answered.request.cut) return undefined;
	const found = challenged.challenges.map((offer) => {
		const answers = answered.credentials.filter(
			({ digest }) => digest.realm === offer.digest.realm || digest.nonce === offer.digest.nonce,
		);
		const isRight = answers.some(({ header }) => header === answerTo(offer.header));
		const [first] = answers;
		if (isRight || first === undefined) return undefined;
		return { asked: offer.header, sent: first.header, response: offer.response };
	});
	// One challenge that was answered where it belongs is enough.
	return found.every((one) => one !== undefined) ? found[0] : undefined;
}

function answerTo(header: string): string {
	return header === 'WWW-Authenticate' ? 'Authorization' : 'Proxy-Authorization';
}
