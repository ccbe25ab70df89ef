import { describeStatus, lastFinal } from '../../registration/attempt-facts.js';
import { akaRounds, autsOf } from '../../registration/ims.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'aka-sync-failure',
	severity: 'fatal',
	title: 'SIM and network do not agree on the sequence number',
	references: ['RFC 3310 §3.4', 'RFC 3310 §3.2'],
	explanation: {
		means:
			'Each challenge of AKA has a sequence number, and a SIM takes none that is older than what it saw. This one answers with auts, which carries its own number, so that the network goes on from there. That is healthy once; here the network does not follow, and nobody is registered.',
		causes: [
			'The HSS does not process auts, or the S-CSCF does not pass it on.',
			'A copy of the SIM data is used elsewhere, or in a test bed with a counter that starts at zero.',
			'Two networks challenge the same SIM.',
		],
		confirm:
			'Look at what follows the auts: another challenge with a new nonce is right. With K and OPc, sipdoctor digest shows both sequence numbers.',
		lookAlikes: [
			'One auts, a new challenge and a 200 is how it should be.',
			'No auts and an empty response is about the key: see aka-mac-failure.',
		],
	},
	fix: [
		{
			who: 'provider',
			what: 'Look at the resynchronisation in the HSS, and set SQN of the subscriber ahead of that of the SIM.',
		},
	],
	check({ attempt, steps }) {
		const answered = akaRounds(steps).filter(({ answer }) => answer !== undefined);
		const rounds = answered.filter(
			({ answer }) => answer !== undefined && autsOf(answer) !== undefined,
		);
		const last = rounds.at(-1);
		// Where the SIM gave a response in the end, that is what was refused.
		if (last === undefined || answered.at(-1) !== last) return SILENT;
		const final = lastFinal(attempt);
		const { challenge, next } = last;
		const times = rounds.length === 1 ? 'once' : `${rounds.length} times`;
		return {
			kind: 'fires',
			confidence: rounds.length > 1 ? 'proven' : 'strong',
			summary: `The SIM of "${last.answer?.username ?? ''}" answers with auts ${times}: the sequence number of the challenge is too old for it, and the network ${final === undefined ? 'says nothing' : `answers ${describeStatus(final)}`}.`,
			evidence: inOrder(
				evidenceOf(challenge.response, challenge.header, challenge.digest.algorithm ?? ''),
				evidenceOf(next.request, 'Authorization auts', `sent ${times}`),
				...evidenceIf(final, 'Status', final === undefined ? '' : describeStatus(final)),
			),
		};
	},
});
