import { describeStatus, serverWords } from '../../registration/attempt-facts.js';
import { type AuthenticationStep, authenticationSteps } from '../../registration/authentication.js';
import { usedNonce } from '../../registration/issued-nonce.js';
import { isFailed } from '../../registration/outcome.js';
import { evidenceOf, inOrder } from '../evidence.js';
import type { Confidence } from '../finding.js';
import { presumption } from '../presumption.js';
import { defineRule, SILENT, type Subject } from '../rule.js';

/** Attempts looked back at. */
const MAX_ATTEMPTS = 100;

export default defineRule({
	id: 'nonce-count-reused',
	severity: 'degraded',
	title: 'The phone counts the uses of a nonce wrongly, which looks like a replay',
	references: ['RFC 7616 §3.4', 'RFC 7616 §5.12', 'RFC 3261 §22.4'],
	explanation: {
		means:
			'nc says how often the phone has used this nonce, and has to grow with each request. The same or a lower number is what somebody who replays a recorded REGISTER would send; a strict server refuses it.',
		causes: [
			'Firmware that sends nc=00000001 each time it takes a cached nonce again.',
			'Two lines of one phone, or two processes, share a nonce and each counts for itself.',
			'The server hands out the same nonce again, and the phone starts to count anew.',
		],
		confirm:
			'List nonce= and nc= of all REGISTERs: with one nonce nc must grow, the branch with it.',
		lookAlikes: [
			'A retransmission repeats everything, branch included, and is no new use.',
			'Most registrars do not look at nc; then the refusal has another reason.',
		],
	},
	fix: [
		{ who: 'phone', what: 'Update the firmware, or switch off the reuse of nonces.' },
		{ who: 'registrar', what: 'Give a new nonce with each challenge, or do not check nc.' },
	],
	check(subject) {
		const { attempt, steps, registration } = subject;
		const last = steps.findLast(
			({ credentials, final: answer }) =>
				credentials.length > 0 && [401, 403, 407].includes(answer?.message.statusCode ?? 0),
		);
		if (last?.final === undefined) return SILENT;
		const earlier = registration.attempts
			.filter(({ number }) => number <= attempt.number)
			.slice(-MAX_ATTEMPTS)
			.flatMap((one) => (one === attempt ? steps : authenticationSteps(one)));
		const reuse = reuseOf(last, earlier.slice(0, earlier.indexOf(last)));
		if (reuse === undefined) return SILENT;
		const failed = isFailed(attempt.outcome);
		const { nonce, nc, before, usedBy } = reuse;
		return {
			kind: 'fires',
			confidence: failed ? confidenceOf(subject, last, reuse.usedBy) : 'likely',
			...(failed ? { severity: 'fatal' as const } : {}),
			summary: `nonce "${nonce}" is used with nc ${nc} after it was used with nc ${before}, and the server answers ${describeStatus(last.final)}.`,
			evidence: inOrder(
				evidenceOf(last.request, 'Authorization nc', `${nc}, nonce "${nonce}"`),
				evidenceOf(usedBy.request, 'Authorization nc', `${before}, the same nonce`),
				evidenceOf(last.final, 'Status', describeStatus(last.final)),
			),
		};
	},
});

/** The use of a nonce whose count did not grow since the use before it. */
function reuseOf(last: AuthenticationStep, earlier: readonly AuthenticationStep[]) {
	for (const { digest } of last.credentials) {
		const { nonce, nc } = digest;
		if (nonce === undefined || nc === undefined || last.request.cut) continue;
		const usedBy = earlier.findLast(({ credentials }) =>
			credentials.some((one) => one.digest.nonce === nonce && one.digest.nc !== undefined),
		);
		const before = usedBy?.credentials.find((one) => one.digest.nonce === nonce)?.digest.nc;
		if (usedBy === undefined || before === undefined) continue;
		if (Number.parseInt(nc, 16) <= Number.parseInt(before, 16))
			return { nonce, nc, before, usedBy };
	}
	return undefined;
}

/** The server may say so: `Warning: … "Digest replay attack detected"`. */
function confidenceOf(
	subject: Subject,
	last: AuthenticationStep,
	{ final: before }: AuthenticationStep,
): Confidence {
	const { final } = last;
	const words =
		final === undefined ? [] : [final.message.reasonPhrase, ...serverWords(final.message)];
	if (words.some((text) => /replay|nonce.?count|\bnc\b/i.test(text))) return 'proven';
	// Refused with the lower count already: the count is not what is refused.
	const wasAccepted = (before?.message.statusCode ?? 400) < 300;
	// Nor where the nonce was over anyhow.
	const used = usedNonce(last, subject.attempt, subject.registration);
	const isOver = (used?.ageMs ?? 0) > (used?.clock?.lifetimeMs ?? Number.POSITIVE_INFINITY);
	return wasAccepted && !isOver ? presumption(subject, last, 'likely') : 'possible';
}
