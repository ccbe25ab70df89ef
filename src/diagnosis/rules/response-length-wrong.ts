import { findAlgorithm } from '../../digest/algorithm.js';
import { describeStatus } from '../../registration/attempt-facts.js';
import { answeringCredentials } from '../../registration/authentication.js';
import { lastRefusedRound } from '../../registration/refused-round.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

/** Kamailio knows it beside the registered ones. */
const SHA_512_LENGTH = 128;

export default defineRule({
	id: 'response-length-wrong',
	severity: 'fatal',
	title: 'The response has not the length that its algorithm gives',
	references: ['RFC 7616 §3.4', 'RFC 8760 §2.3'],
	explanation: {
		means:
			'An MD5 response has 32 hex digits, SHA-256 and SHA-512/256 have 64. This one has another length, so it is the result of another algorithm than the credentials name, or it was cut. Servers refuse it before they look at the password.',
		causes: [
			'The phone copies algorithm= from the challenge and computes MD5 all the same.',
			'A buffer of the phone is too short for the longer response.',
			'A middlebox cut the header field.',
		],
		confirm: 'Count the digits of response= and compare with algorithm=; without it MD5 is meant.',
		lookAlikes: [
			'Without algorithm=, 64 digits may be the right answer to a SHA-256 challenge, with the parameter left out.',
			'The first REGISTER of an IMS phone has an empty response, and is right.',
		],
	},
	fix: [
		{ who: 'phone', what: 'Update the firmware, or set the algorithm to MD5.' },
		{
			who: 'registrar',
			what: 'Offer MD5 beside the newer algorithm as long as such phones are in use.',
		},
	],
	check({ attempt, steps }) {
		const round = lastRefusedRound(attempt, steps);
		if (round === undefined || round.answered.request.cut) return SILENT;
		const sent = answeringCredentials(round);
		const response = sent?.response ?? '';
		if (!/^[0-9a-f]+$/i.test(response)) return SILENT;
		const names =
			sent?.algorithm === undefined
				? ['MD5', ...round.challenged.challenges.map(({ digest }) => digest.algorithm)]
				: [sent.algorithm];
		const lengths = names.map(lengthOf);
		if (lengths.includes(undefined) || lengths.includes(response.length)) return SILENT;
		const { request, final } = round.answered;
		const algorithm = sent?.algorithm ?? 'MD5';
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `The response has ${response.length} hex digits, ${algorithm} gives ${lengths[0] ?? 0}${
				final === undefined ? '' : `; the server answers ${describeStatus(final)}`
			}.`,
			evidence: inOrder(
				evidenceOf(request, 'Authorization response', `${response.length} hex digits`),
				evidenceOf(request, 'Authorization algorithm', sent?.algorithm ?? 'none, which means MD5'),
				...evidenceIf(final, 'Status', final === undefined ? '' : describeStatus(final)),
			),
		};
	},
});

/** Undefined where the algorithm is not known, AKA of a SIM among them. */
function lengthOf(algorithm: string | undefined): number | undefined {
	if (/^sha-512(-sess)?$/i.test(algorithm ?? '')) return SHA_512_LENGTH;
	return findAlgorithm(algorithm)?.hexLength;
}
