import { lastFinal } from '../../registration/attempt-facts.js';
import { akaRounds, isAkaChallenge } from '../../registration/ims.js';
import { challengedBefore } from '../../registration/unanswered-challenges.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT, type Subject, type Verdict } from '../rule.js';

/** The first challenge, and two REGISTERs more that do not answer one. */
const ENOUGH = 3;

export default defineRule({
	id: 'aka-not-supported',
	severity: 'fatal',
	title: 'The network challenges a SIM, and the phone answers with a password or not at all',
	references: ['RFC 3310 §3', 'RFC 4169 §2', 'RFC 3261 §22.4'],
	explanation: {
		means:
			'AKAv1-MD5 and its like ask a SIM (USIM or ISIM) for an answer that only its key gives. No password can answer it. The account is one for a device with a SIM, or the access was mixed up with the one for ordinary SIP phones.',
		causes: [
			'A softphone or desk phone was pointed at the access of a mobile network.',
			'The subscription is set to AKA, and should be set to SIP digest.',
			'The phone has no SIM in it, or no right to use it.',
		],
		confirm:
			'Compare algorithm= in WWW-Authenticate with algorithm= in the Authorization that follows.',
		lookAlikes: [
			'A REGISTER with the nonce and an empty response is the word of a SIM that refuses the network: see aka-mac-failure.',
			'SHA-256 is a matter of firmware: see algorithm-unsupported.',
		],
	},
	fix: [
		{ who: 'provider', what: 'Set the account to SIP digest, or name the access for SIP phones.' },
		{ who: 'phone', what: 'Use a device that gives the challenge to its SIM (IMS).' },
	],
	check(subject) {
		return withPassword(subject) ?? withoutAnswer(subject) ?? SILENT;
	},
});

function withPassword({ attempt, steps }: Subject): Verdict | undefined {
	const round = akaRounds(steps).findLast(
		({ answer }) => (answer?.response ?? '') !== '' && !/^aka/i.test(answer?.algorithm ?? ''),
	);
	if (round === undefined) return undefined;
	const { challenge, next, answer } = round;
	const offered = challenge.digest.algorithm ?? '';
	const used = answer?.algorithm ?? 'no algorithm, which means MD5';
	return {
		kind: 'fires',
		confidence: 'strong',
		summary: `The network challenges with ${offered}, which only a SIM can answer, and the phone answers with ${used}.`,
		evidence: inOrder(
			evidenceOf(challenge.response, `${challenge.header} algorithm`, offered),
			evidenceOf(next.request, 'Authorization algorithm', used),
			...evidenceIf(lastFinal(attempt), 'Status', 'refused'),
		),
	};
}

/** It may have nothing else to answer with, too; that is the same thing here. */
function withoutAnswer(subject: Subject): Verdict | undefined {
	const { attempt, steps, registration } = subject;
	if (attempt.outcome !== 'challenged') return undefined;
	const challenged = [
		...challengedBefore(registration, attempt),
		...steps.filter(({ challenges }) => challenges.length > 0),
	];
	const offers = challenged.flatMap(({ challenges }) => challenges);
	const [first] = offers;
	if (first === undefined || !offers.every(isAkaChallenge)) return undefined;
	if (akaRounds(steps).some(({ answer }) => answer !== undefined)) return undefined;
	const offered = first.digest.algorithm ?? '';
	if (challenged.length < ENOUGH) {
		return {
			kind: 'cannot-tell',
			because: `only ${offered} is offered, which a SIM has to answer, and nothing came after it yet`,
			decidedBy: 'a longer capture',
		};
	}
	return {
		kind: 'fires',
		confidence: 'likely',
		summary: `The network offers only ${offered}, and after ${challenged.length} challenges no REGISTER has the answer of a SIM.`,
		evidence: inOrder(
			evidenceOf(first.response, `${first.header} algorithm`, offered),
			...evidenceIf(challenged.at(-1)?.request, 'Authorization', 'no answer to it'),
		),
	};
}
