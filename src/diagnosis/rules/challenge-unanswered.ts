import { describeStatus, seconds, sendsAfterFinal } from '../../registration/attempt-facts.js';
import { hasUnusableAnswer } from '../../registration/credentials-faults.js';
import { credentialsLength } from '../../registration/credentials-length.js';
import { UDP_LIMIT } from '../../registration/tcp-fallback.js';
import { challengedBefore } from '../../registration/unanswered-challenges.js';
import type { SipResponse } from '../../sip/message.js';
import { elapsedMs } from '../../time/instant.js';
import type { Observed } from '../../trace/observed.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import type { Confidence } from '../finding.js';
import { defineRule, SILENT, type Subject, type Verdict } from '../rule.js';

export default defineRule({
	id: 'challenge-unanswered',
	severity: 'fatal',
	title: 'The server asks for credentials and the phone never sends any',
	references: ['RFC 3261 §22.2', 'RFC 3261 §10.2.7', 'RFC 8760 §2.4'],
	explanation: {
		means:
			'A 401 or 407 reached the phone, and every REGISTER after it is again without credentials, or none comes at all. The phone has nothing to answer with, or cannot use what was offered.',
		causes: [
			'The password or the authentication name is empty on the phone.',
			'A realm is configured on the phone and is not the one offered, and the phone then stays silent.',
			'The phone does not know the only algorithm offered (an MD5-only phone and SHA-256).',
			'The challenge cannot be parsed by the phone.',
		],
		confirm:
			'In a capture at the phone, look for a REGISTER with Authorization after the 401. A new branch without one proves that the phone received the challenge and did not answer it.',
		lookAlikes: [
			'The same branch sent again means that the 401 did not arrive: the answer is lost on the way back.',
			'A capture that ends right after the 401 shows nothing: the answer may have come a moment later.',
			'The first Authorization of an IMS phone has an empty response; that is not an answer.',
			'An IMS phone and its network agree on IPsec (Security-Server in the challenge): the answer goes through it, where the capture does not show it.',
			'With credentials a long REGISTER exceeds 1300 bytes and goes over TCP, which a capture of UDP alone does not show.',
		],
	},
	fix: [
		{ who: 'phone', what: 'Enter authentication name and password of the account.' },
		{ who: 'phone', what: 'Clear a configured realm, or set it to the realm of the challenge.' },
		{
			who: 'registrar',
			what: 'Offer MD5 beside the newer algorithm where phones know only MD5 (RFC 8760: several challenges, strongest first).',
		},
	],
	check(subject) {
		return forbiddenAfterwards(subject) ?? leftUnanswered(subject);
	},
});

function leftUnanswered(subject: Subject): Verdict {
	const { attempt, steps, vantage, registration } = subject;
	const last = steps.at(-1);
	if (attempt.outcome !== 'challenged' || last?.final === undefined) return SILENT;
	const [challenge] = last.challenges;
	// Credentials that were sent and refused are another story, also where the phone starts over without them.
	if (challenge === undefined || steps.some(({ credentials }) => credentials.length > 0))
		return SILENT;
	// An answer that cannot be used is one: credentials-malformed.
	if (hasUnusableAnswer(steps)) return SILENT;
	const repeated = sendsAfterFinal(last.transaction.phone).length;
	// The same branch again: the phone has not seen the answer. That is a matter of the way back, not of credentials.
	if (repeated > 0) return SILENT;
	const before = challengedBefore(registration, attempt).length;
	const challenged = steps.filter(({ challenges }) => challenges.length > 0).length + before;
	const others = steps.slice(1).map(({ request }) => request);
	const isClient = vantage.vantage === 'client';
	// Over UDP a phone that has no answer repeats its REGISTER (RFC 3261 §17.1.2.2): not so over TCP.
	const isUdp = last.transaction.phone.transport === 'udp';
	if (challenged < 2 && !isClient && !isUdp) {
		return {
			kind: 'cannot-tell',
			because: `one challenge was sent and nothing came after it; where this capture was taken (${vantage.vantage}), an answer that did not reach the phone looks the same over TCP`,
			decidedBy: 'a capture at the phone',
		};
	}
	const answerLength =
		last.request.packet.payloadLength + credentialsLength(last.transaction.phone);
	if (challenged < 2 && isUdp && answerLength > UDP_LIMIT) {
		return {
			kind: 'cannot-tell',
			because: `with credentials the REGISTER has at least ${answerLength} bytes, which go over TCP (RFC 3261 §18.1.1), and a capture of UDP alone does not show them`,
			decidedBy: 'a capture of TCP as well',
		};
	}
	const { realm, algorithm } = challenge.digest;
	return {
		kind: 'fires',
		confidence: isClient
			? atThePhone(challenged, last.final)
			: elsewhere(challenged, others.length === 0),
		summary:
			challenged >= 2
				? `${challenged} challenges for realm "${realm ?? ''}" (algorithm ${algorithm ?? 'MD5'}) were answered with ${others.length + before} more REGISTERs without credentials.`
				: `The ${describeStatus(last.final)} for realm "${realm ?? ''}" (algorithm ${algorithm ?? 'MD5'}) was not answered${notWithin(last.final, subject)}.`,
		evidence: inOrder(
			evidenceOf(challenge.response, challenge.header, `realm "${realm ?? ''}"`),
			...evidenceIf(others.at(-1), 'Authorization', 'none in the next REGISTER (new branch)'),
		),
	};
}

function atThePhone(challenged: number, { cut }: Observed<SipResponse>): Confidence {
	// Why nobody can answer it may be in the part that is missing.
	if (cut) return 'likely';
	return challenged >= 2 ? 'proven' : 'strong';
}

/**
 * Away from the phone, credentials that something drops on their way look like none. A phone that comes again without
 * any before it can have given up (64·T1) has sent none.
 */
function elsewhere(challenged: number, isAfterSilence: boolean): Confidence {
	if (challenged < 2) return 'possible';
	return isAfterSilence ? 'likely' : 'strong';
}

function notWithin(
	final: Observed<SipResponse>,
	{ isProbe, observedUntil, vantage }: Subject,
): string {
	if (isProbe) return ': the probe had no credentials that answer it';
	const lost =
		vantage.vantage === 'client'
			? ''
			: '; credentials that are lost before they get here look the same';
	return ` within ${seconds(elapsedMs(final.at, observedUntil))}${lost}`;
}

/** After the challenge the phone comes again without credentials, and the server has had enough of it. */
function forbiddenAfterwards({ attempt, steps }: Subject): Verdict | undefined {
	const last = steps.at(-1);
	const offer = steps.findLast(({ challenges }) => challenges.length > 0)?.challenges[0];
	if (attempt.outcome !== 'rejected' || last?.final === undefined || offer === undefined)
		return undefined;
	if (last.final.message.statusCode !== 403 || last.request.cut) return undefined;
	if (steps.some(({ credentials }) => credentials.length > 0) || hasUnusableAnswer(steps))
		return undefined;
	const status = describeStatus(last.final);
	return {
		kind: 'fires',
		confidence: 'likely',
		summary: `The challenge for realm "${offer.digest.realm ?? ''}" was answered with a REGISTER without credentials, and the server says ${status} to it.`,
		evidence: inOrder(
			evidenceOf(offer.response, offer.header, `realm "${offer.digest.realm ?? ''}"`),
			evidenceOf(last.request, 'Authorization', 'none'),
			evidenceOf(last.final, 'Status', status),
		),
	};
}
