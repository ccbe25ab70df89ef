import { describeStatus } from '../../registration/attempt-facts.js';
import {
	type AuthenticationRound,
	type AuthenticationStep,
	authenticationRounds,
} from '../../registration/authentication.js';
import { isRefused } from '../../registration/outcome.js';
import { answersFor, isRegistrarsOnly, realmSteps } from '../../registration/realm-sequence.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import type { Confidence, Evidence } from '../finding.js';
import { defineRule, SILENT, type Subject } from '../rule.js';

export default defineRule({
	id: 'second-challenge-unanswered',
	severity: 'fatal',
	title: 'Two realms ask for credentials, and the phone answers only one at a time',
	references: ['RFC 3261 §22.3', 'RFC 3261 §26.3.2.1'],
	explanation: {
		means:
			'A proxy (or SBC) and the registrar behind it each want credentials of their own. A phone has to keep what it sent to the first and add what the second asks for, both in one REGISTER. This one sends only one of them, so that always one of the two refuses.',
		causes: [
			'The firmware holds credentials for one realm only, and drops them at the next challenge.',
			'The account has one realm or one password set, and the second challenge is for another.',
			'A proxy challenges REGISTER though the registrar does it already.',
		],
		confirm:
			'Look at the REGISTER after the second challenge: it must have both, for instance Proxy-Authorization for the proxy and Authorization for the registrar.',
		lookAlikes: [
			'The phone comes with both in the third REGISTER: that is how it should be.',
			'Two challenges for one realm with different algorithms want one answer.',
			'Realms that change although all answers are 401: see realm-varies.',
		],
	},
	fix: [
		{ who: 'sbc', what: 'Do not challenge REGISTER at the proxy; let the registrar do it alone.' },
		{ who: 'phone', what: 'Update the firmware: credentials are to be kept for each realm.' },
	],
	check({ attempt, steps }) {
		if (!isRefused(attempt.outcome)) return SILENT;
		const found = inOneResponse(steps) ?? oneAfterTheOther(steps) ?? onlyForTheProxy(steps);
		if (found === undefined) return SILENT;
		const { first, second, sent, confidence, evidence } = found;
		return {
			kind: 'fires',
			confidence,
			summary: `Credentials are asked for the realms "${first}" and "${second}", and ${sent}.`,
			evidence,
		};
	},
});

interface Found {
	readonly first: string;
	readonly second: string;
	readonly sent: string;
	readonly confidence: Confidence;
	readonly evidence: readonly [Evidence, ...Evidence[]];
}

type Steps = Subject['steps'];

/** Two realms in one 401 or 407, one of them answered, and the other asks again. */
function inOneResponse(steps: Steps): Found | undefined {
	const round = authenticationRounds(steps).at(-1);
	if (round === undefined || round.answered.request.cut) return undefined;
	const { challenged, answered } = round;
	const realms = [...new Set(challenged.challenges.map(({ digest }) => digest.realm ?? ''))];
	const left = realms.find((realm) => !answersFor(answered, realm));
	const done = realms.find((realm) => answersFor(answered, realm));
	if (left === undefined || done === undefined || !asksAgainFor(round, left)) return undefined;
	return {
		...{ first: done, second: left, confidence: 'strong' },
		sent: `the answer has credentials for "${done}" alone`,
		evidence: inOrder(
			evidenceOf(answered.request, 'credentials', `for realm "${done}", none for "${left}"`),
			...evidenceIf(
				challenged.final,
				'challenges',
				realms.map((realm) => `"${realm}"`).join(' and '),
			),
			...statusOf(answered),
		),
	};
}

/** The realm that was answered must not ask again: then that answer is what was refused. */
function asksAgainFor({ answered }: AuthenticationRound, realm: string): boolean {
	const realms = answered.challenges.map(({ digest }) => digest.realm);
	return (
		realms.includes(realm) && realms.every((one) => one === realm || answersNot(answered, one))
	);
}

function answersNot(step: AuthenticationStep, realm: string | undefined): boolean {
	return !answersFor(step, realm ?? '');
}

/** 407 for one realm, then 401 for another: what answered the first passed, and must be sent again with the second. */
function oneAfterTheOther(steps: Steps): Found | undefined {
	const sequence = realmSteps(steps);
	const last = sequence.at(-1);
	const before = sequence.findLast(({ realm }) => realm !== last?.realm);
	if (last === undefined || before === undefined || steps.at(-1) !== last.step) return undefined;
	if (isRegistrarsOnly(sequence) || last.step.request.cut) return undefined;
	const [first, second] = [before.realm, last.realm];
	// What was sent with the last challenge: the first realm passed with it, the second asks.
	const passed = answersFor(last.step, first);
	if (!passed || answersFor(last.step, second)) return undefined;
	const dropped = sequence.some(
		({ step, realm }, index) =>
			index > 0 && realm === first && answersFor(step, second) && !answersFor(step, first),
	);
	const repeated = sequence.filter(({ realm }) => realm === second).length > 1;
	return {
		...{ first, second },
		confidence: dropped || repeated ? 'strong' : 'likely',
		sent: dropped
			? 'each REGISTER answers one of them and drops the credentials for the other'
			: `no REGISTER has credentials for "${second}"`,
		evidence: inOrder(
			evidenceOf(last.step.request, 'credentials', `for realm "${first}", none for "${second}"`),
			evidenceOf(before.offer.response, `${before.offer.header} realm`, `"${first}"`),
			evidenceOf(last.offer.response, `${last.offer.header} realm`, `"${second}"`),
		),
	};
}

/** Behind the proxy: what comes has always credentials for somebody before, and never for the registrar that asks. */
function onlyForTheProxy(steps: Steps): Found | undefined {
	const sequence = realmSteps(steps);
	const last = sequence.at(-1);
	if (last === undefined || sequence.length < 2 || steps.at(-1) !== last.step) return undefined;
	const isAlways = sequence.every(
		({ step, offer, realm }) =>
			offer.header === 'WWW-Authenticate' &&
			step.credentials.length > 0 &&
			step.credentials.every(
				({ header, digest }) => header === 'Proxy-Authorization' && digest.realm !== realm,
			),
	);
	const first = last.step.credentials[0]?.digest.realm;
	if (!isAlways || first === undefined) return undefined;
	return {
		...{ first, second: last.realm, confidence: 'strong' },
		sent: `no REGISTER that arrives here has credentials for "${last.realm}"`,
		evidence: inOrder(
			evidenceOf(
				last.step.request,
				'credentials',
				`for realm "${first}", none for "${last.realm}"`,
			),
			evidenceOf(last.offer.response, `${last.offer.header} realm`, `"${last.realm}"`),
			...statusOf(last.step),
		),
	};
}

function statusOf({ final }: AuthenticationStep): Evidence[] {
	return evidenceIf(final, 'Status', final === undefined ? '' : describeStatus(final));
}
