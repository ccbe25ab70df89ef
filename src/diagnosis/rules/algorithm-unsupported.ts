import { findAlgorithm } from '../../digest/algorithm.js';
import type { DigestCredentials } from '../../digest/digest.js';
import { describeStatus } from '../../registration/attempt-facts.js';
import {
	answeringCredentials,
	authenticationSteps,
	type OfferedChallenge,
} from '../../registration/authentication.js';
import { refusedCredentials } from '../../registration/refusal.js';
import type { Attempt } from '../../registration/registration.js';
import { challengedBefore } from '../../registration/unanswered-challenges.js';
import { computedOtherwise } from '../computed-otherwise.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT, type Subject, type Verdict } from '../rule.js';

/** Hex digits of an MD5 response; longer ones are of another hash, whatever the parameter says. */
const MD5_LENGTH = 32;

export default defineRule({
	id: 'algorithm-unsupported',
	severity: 'fatal',
	title: 'Phone and server have no digest algorithm in common',
	references: ['RFC 8760 §2.3', 'RFC 8760 §2.4', 'RFC 7616 §3.3', 'RFC 3261 §22.4'],
	explanation: {
		means:
			'The challenge offers other algorithms than the one the phone answers with, or only ones that it does not answer at all. Without the parameter MD5 is meant (RFC 7616 §3.3). The password does not matter: the server cannot use what it gets.',
		causes: [
			'The server asks for SHA-256 alone, and the phone knows only MD5.',
			'The phone looks only at the first challenge, or is set to one algorithm.',
			'The phone copies the challenge and leaves the algorithm out.',
			'The phone copies the algorithm and computes with another one, or without the step of -sess; the account proves it.',
		],
		confirm:
			'Compare algorithm= in every WWW-Authenticate with algorithm= in the Authorization that follows; let the server offer MD5 and try again.',
		lookAlikes: [
			'Several challenges, SHA-256 first and MD5 last, are as RFC 8760 wants it: an MD5 phone takes the last.',
			'A phone without a password does not answer any challenge, of whatever algorithm.',
			'A response of 64 digits without algorithm= was computed with the right hash.',
			'AKAv1-MD5 is the challenge of a mobile network to a SIM.',
		],
	},
	fix: [
		{
			who: 'registrar',
			what: 'Offer MD5 beside the newer algorithm, strongest first, as long as phones know only MD5.',
		},
		{ who: 'phone', what: 'Update to a firmware that knows SHA-256, or lift a fixed algorithm.' },
	],
	check(subject) {
		const { attempt, steps } = subject;
		return attempt.outcome === 'challenged' && steps.every((step) => step.credentials.length === 0)
			? neverAnswered(subject)
			: (computedOtherwise(subject, 'algorithm-unsupported') ?? answeredWithAnother(subject));
	},
});

/** The credentials name an algorithm that was not offered. Realm and nonce are right: else that is the fault. */
function answeredWithAnother({ attempt, steps }: Subject): Verdict {
	const refusal = refusedCredentials(attempt, steps);
	if (refusal === undefined || refusal.round.answered.request.cut) return SILENT;
	const { round, final } = refusal;
	const credentials = answeringCredentials(round);
	const offers = round.challenged.challenges.filter(
		({ digest }) => digest.realm === credentials?.realm,
	);
	const [offer] = offers;
	if (credentials === undefined || offer === undefined) return SILENT;
	if (offers.some(({ digest }) => nameOf(digest.algorithm) === nameOf(credentials.algorithm)))
		return SILENT;
	if (isLeftOut(credentials)) return SILENT;
	const offered = offeredNames(offers);
	const used = credentials.algorithm ?? 'MD5';
	return {
		kind: 'fires',
		confidence: 'proven',
		summary: `The server offers ${offered}, the phone answers with ${used}, and the server answers ${describeStatus(final)}.`,
		evidence: inOrder(
			evidenceOf(offer.response, `${offer.header} algorithm`, offered),
			evidenceOf(
				round.answered.request,
				'Authorization algorithm',
				credentials.algorithm ?? 'none, which means MD5',
			),
			evidenceOf(final, 'Status', describeStatus(final)),
		),
	};
}

/** Came back without credentials every time: it may have nothing to answer with as well. */
function neverAnswered(subject: Subject): Verdict {
	const { attempt, registration, steps, isProbe, vantage } = subject;
	const challenged = [
		...challengedBefore(registration, attempt),
		...steps.filter(({ challenges }) => challenges.length > 0),
	];
	const first = challenged[0]?.challenges[0];
	if (first === undefined) return SILENT;
	const offers = challenged.flatMap(({ challenges }) => challenges);
	if (!offers.every(({ digest }) => isNewer(digest.algorithm))) return SILENT;
	const names = new Set(offers.map(({ digest }) => nameOf(digest.algorithm)));
	if (registration.attempts.some((attempt) => usesOneOf(names, attempt))) return SILENT;
	const offered = offeredNames(offers);
	// A probe answers whatever it can.
	if (isProbe && offers.every(({ digest }) => findAlgorithm(digest.algorithm) === undefined)) {
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `The server offers only ${offered}, which this probe does not know.`,
			evidence: inOrder(evidenceOf(first.response, `${first.header} algorithm`, offered)),
		};
	}
	const times = challenged.length === 1 ? 'the challenge' : `${challenged.length} challenges`;
	// Elsewhere than at the phone, credentials that are lost on their way look like none.
	const isSeen = challenged.length > 1 || vantage.vantage === 'client';
	return {
		kind: 'fires',
		confidence: isSeen ? 'likely' : 'possible',
		summary: `The server offers only ${offered}, and after ${times} no REGISTER has credentials: the phone does not know it, or has no password.`,
		evidence: inOrder(
			evidenceOf(first.response, `${first.header} algorithm`, offered),
			...evidenceIf(challenged.at(-1)?.request, 'Authorization', 'none'),
		),
	};
}

/** Upper and lower case do not matter, and no name means MD5. */
function nameOf(algorithm: string | undefined): string {
	return findAlgorithm(algorithm)?.name ?? (algorithm ?? 'MD5').toUpperCase();
}

/** Neither MD5, which every phone knows, nor the AKA of a SIM (RFC 3310). */
function isNewer(algorithm: string | undefined): boolean {
	return !/^(?:MD5|AKA)/.test(nameOf(algorithm));
}

function isLeftOut({ algorithm, response }: DigestCredentials): boolean {
	return algorithm === undefined && (response?.length ?? 0) > MD5_LENGTH;
}

function usesOneOf(names: ReadonlySet<string>, attempt: Attempt): boolean {
	if (attempt.outcome === 'challenged') return false;
	return authenticationSteps(attempt).some(({ credentials }) =>
		credentials.some(({ digest }) => names.has(nameOf(digest.algorithm))),
	);
}

function offeredNames(offers: readonly OfferedChallenge[]): string {
	return [...new Set(offers.map(({ digest }) => digest.algorithm ?? 'MD5'))].join(' and ');
}
