import { describeStatus } from '../../registration/attempt-facts.js';
import type { AuthenticationStep } from '../../registration/authentication.js';
import { type ChallengeFault, challengeFaults } from '../../registration/challenge-faults.js';
import { isRefused } from '../../registration/outcome.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import type { Confidence } from '../finding.js';
import { presumption } from '../presumption.js';
import { defineRule, SILENT, type Subject } from '../rule.js';

export default defineRule({
	id: 'challenge-malformed',
	severity: 'fatal',
	title: 'The challenge lacks what an answer needs, or cannot be read',
	references: ['RFC 3261 §22.1', 'RFC 3261 §25.1', 'RFC 7616 §3.3'],
	explanation: {
		means:
			'Realm and nonce of the challenge go into the response. Where one is missing or empty, where quotes or commas are wrong, or where another scheme than Digest is asked for, the phone has nothing to compute with. Some phones stay silent, others answer with something that cannot be right.',
		causes: [
			'A realm that is set to nothing in the configuration of the registrar.',
			'A self-made script that puts the header field together without quotes or commas.',
			'Basic is asked for, which SIP forbids, or a scheme that phones do not know (NTLM).',
			'A middlebox cut or changed the header field.',
		],
		confirm:
			'Read the WWW-Authenticate or Proxy-Authenticate in the capture beside RFC 3261 §25.1: Digest realm="…", nonce="…", with a comma between parameters.',
		lookAlikes: [
			'One challenge of several that can be read is enough: then the phone should take that one.',
			'opaque, qop and algorithm may be absent; that is legal.',
		],
	},
	fix: [
		{ who: 'registrar', what: 'Set a realm, and send Digest with realm and nonce in quotes.' },
		{ who: 'phone', what: 'Where only the form is odd: update the firmware, others may read it.' },
	],
	check(subject) {
		if (!isRefused(subject.attempt.outcome)) return SILENT;
		const place = subject.steps.findLastIndex(({ final }) => isFaulty(final));
		const challenged = subject.steps[place];
		const final = challenged?.final;
		const [fault] = final === undefined ? [] : (challengeFaults(final.message) ?? []);
		if (challenged === undefined || final === undefined || fault === undefined) return SILENT;
		const answered = subject.steps[place + 1];
		// A later challenge was in order, or the last answer to this one passed: not what it failed for.
		if (place < subject.steps.length - 2) return SILENT;
		const confidence = confidenceOf(subject, fault, challenged, answered);
		if (confidence === undefined) return SILENT;
		const text = `${fault.challenge.header}: ${fault.fault}`;
		return {
			kind: 'fires',
			confidence,
			summary: `The ${describeStatus(final)} of ${final.src.address} cannot be answered as it should: in ${text}.`,
			evidence: inOrder(
				evidenceOf(final, fault.challenge.header, fault.fault),
				...evidenceIf(
					answered?.request,
					'Authorization',
					answered?.credentials.length === 0 ? 'none' : 'an answer all the same',
				),
			),
		};
	},
});

function isFaulty(final: AuthenticationStep['final']): boolean {
	return final !== undefined && !final.cut && challengeFaults(final.message) !== undefined;
}

/** Where the phone answered, only a challenge that cannot be answered at all explains the refusal. */
function confidenceOf(
	subject: Subject,
	{ isUnanswerable }: ChallengeFault,
	challenged: AuthenticationStep,
	answered: AuthenticationStep | undefined,
): Confidence | undefined {
	const answer = answered ?? challenged;
	if (subject.steps.every(({ credentials }) => credentials.length === 0))
		return isUnanswerable ? 'proven' : 'likely';
	return isUnanswerable ? presumption(subject, answer, 'likely') : undefined;
}
