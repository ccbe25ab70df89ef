import { describeStatus, lastFinal } from '../../registration/attempt-facts.js';
import { akaRounds, autsOf } from '../../registration/ims.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'aka-mac-failure',
	severity: 'fatal',
	title: 'The SIM does not take the network for its own',
	references: ['RFC 3310 §3.4'],
	explanation: {
		means:
			'The challenge of AKA proves to the SIM that it comes from its own network (AUTN with a MAC). This SIM found another MAC and says so as it should: a REGISTER with the nonce, an empty response and no auts. The keys of SIM and network are not the same.',
		causes: [
			'K or OPc of the subscriber is entered wrongly in the HSS, or OP in place of OPc.',
			'The SIM belongs to another subscription than the private identity.',
			'The algorithm differs: Milenage on one side, TUAK or XOR on the other.',
		],
		confirm:
			'With K and OPc: sipdoctor digest --capture FILE --frame N --aka-k K --aka-opc OPC shows whether the MAC of the challenge fits.',
		lookAlikes: [
			'With auts the SIM takes the network for its own and finds the sequence number too old: see aka-sync-failure.',
			'Nonce and response both empty is a new start, as the first REGISTER has it.',
		],
	},
	fix: [{ who: 'provider', what: 'Compare K, OPc and AMF in the HSS with the data of the SIM.' }],
	check({ attempt, steps }) {
		const round = akaRounds(steps).findLast(({ answer }) => answer !== undefined);
		const answer = round?.answer;
		if (round === undefined || answer === undefined) return SILENT;
		if ((answer.response ?? '') !== '' || autsOf(answer) !== undefined) return SILENT;
		const final = lastFinal(attempt);
		const { challenge, next } = round;
		return {
			kind: 'fires',
			confidence: 'strong',
			summary: `To the ${challenge.digest.algorithm ?? 'AKA'} challenge the phone answers with its nonce, an empty response and no auts: the SIM of "${answer.username ?? ''}" refuses the network's MAC.`,
			evidence: inOrder(
				evidenceOf(challenge.response, challenge.header, challenge.digest.algorithm ?? ''),
				evidenceOf(next.request, 'Authorization', 'response empty, no auts'),
				...evidenceIf(final, 'Status', final === undefined ? '' : describeStatus(final)),
			),
		};
	},
});
