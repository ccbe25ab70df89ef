import { describeStatus } from '../../registration/attempt-facts.js';
import { akaRounds, autsOf } from '../../registration/ims.js';
import { isRefused } from '../../registration/outcome.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

const REFUSED = [401, 403, 407];

export default defineRule({
	id: 'aka-res-wrong',
	severity: 'fatal',
	title: 'The answer of the SIM is refused',
	references: ['RFC 3310 §3.3', 'RFC 4169 §2'],
	explanation: {
		means:
			'The phone answered the challenge of AKA as it should, with an algorithm of AKA and the nonce it was given, so its SIM took the network for its own. The network refuses the response all the same. What was hashed is not what the network expects: RES as its bytes.',
		causes: [
			'RES was hashed as hexadecimal text, or in base64, in place of its bytes.',
			'AKAv1 was computed where AKAv2 was asked for, or the other way round.',
			'The username in the digest is the public identity, and the network computed with the private one.',
			'The network compares with the answer to another challenge.',
		],
		confirm:
			'With K and OPc: sipdoctor digest --capture FILE --frame N --aka-k K --aka-opc OPC says which of these verifies.',
		lookAlikes: [
			'An empty response is no answer of the SIM: see aka-mac-failure and aka-sync-failure.',
			'A response with MD5 is that of a password: see aka-not-supported.',
		],
	},
	fix: [
		{ who: 'phone', what: 'Hash the bytes of RES; check the private identity of the account.' },
		{ who: 'provider', what: 'Check which private identity and which version of AKA are set up.' },
	],
	check({ attempt, steps }) {
		if (!isRefused(attempt.outcome)) return SILENT;
		const round = akaRounds(steps).findLast(({ answer }) => answer !== undefined);
		const { answer } = round ?? {};
		if (round === undefined || answer === undefined || autsOf(answer) !== undefined) return SILENT;
		if ((answer.response ?? '') === '' || !/^aka/i.test(answer.algorithm ?? '')) return SILENT;
		const { challenge, next } = round;
		const { final } = next;
		if (final === undefined || !REFUSED.includes(final.message.statusCode)) return SILENT;
		if (next.challenges.some(({ digest }) => digest.stale)) return SILENT;
		const offered = challenge.digest.algorithm ?? '';
		return {
			kind: 'fires',
			confidence: 'likely',
			summary: `The SIM of "${answer.username ?? ''}" took the ${offered} challenge and answered with ${answer.algorithm ?? ''}, and the network answers ${describeStatus(final)}: RES, the version of AKA or the identity is not what it expects.`,
			evidence: inOrder(
				evidenceOf(challenge.response, `${challenge.header} algorithm`, offered),
				evidenceOf(next.request, 'Authorization', `username "${answer.username ?? ''}"`),
				evidenceOf(final, 'Status', describeStatus(final)),
			),
		};
	},
});
