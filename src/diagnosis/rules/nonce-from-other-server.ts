import { describeStatus } from '../../registration/attempt-facts.js';
import {
	type Crossing,
	crossedRounds,
	foreignNonceSteps,
} from '../../registration/crossed-servers.js';
import { isStaleRefusal } from '../../registration/refused-round.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import type { Confidence } from '../finding.js';
import { presumption } from '../presumption.js';
import { defineRule, SILENT, type Subject, type Verdict } from '../rule.js';

export default defineRule({
	id: 'nonce-from-other-server',
	severity: 'fatal',
	title: 'One server challenges, another gets the answer and does not know the nonce',
	references: ['RFC 3261 §22.3', 'RFC 7616 §3.3', 'RFC 3263 §4.2'],
	explanation: {
		means:
			'A nonce is good at the server that made it. Here the challenge of one server was answered to another one, which can only challenge anew: each REGISTER goes the other way, for ever. Password and phone may be all right.',
		causes: [
			'The phone resolves the name again for each request and gets another address (DNS round robin, SRV with equal priority).',
			'A load balancer spreads the requests of one phone over several registrars.',
			'The registrars of the cluster share neither the secret nor the table of their nonces.',
		],
		confirm:
			'Compare the destination of the REGISTER without credentials with that of the one with credentials, and the Server header of both answers. Point the phone at one server by its address: it registers.',
		lookAlikes: [
			'A cluster that shares its nonces takes the answer at any node: then nothing loops.',
			'A refusal by the very server that challenged is about realm, username or password.',
			'A phone that turns to a second server because the first is silent starts without credentials there.',
		],
	},
	fix: [
		{
			who: 'registrar',
			what: 'Share the nonces in the cluster (same secret in Kamailio, one database in FreeSWITCH), or keep each phone at one node by its source address or Call-ID.',
		},
		{
			who: 'phone',
			what: 'Enter one server (outbound proxy) by name of one host, or update the firmware.',
		},
	],
	check(subject) {
		const crossings = crossedRounds(subject.attempt, subject.steps, subject.registration);
		const last = crossings.at(-1);
		return last === undefined ? unseenServer(subject) : crossed(subject, crossings, last);
	},
});

function crossed(subject: Subject, crossings: readonly Crossing[], last: Crossing): Verdict {
	const { challenged, answered } = last.round;
	const { final } = answered;
	const [difference] = last.differs;
	if (difference === undefined) return SILENT;
	const { kind, challenger, refuser } = difference;
	const field = kind === 'address' ? 'server address' : 'server';
	const times = crossings.length === 1 ? '' : `, ${crossings.length} times`;
	return {
		kind: 'fires',
		confidence: presumption(subject, answered, confidenceOf(crossings, last)),
		summary: `${challenger} gave the nonce, ${refuser} got the answer to it and refused it with ${final === undefined ? 'nothing' : describeStatus(final)}${times}.`,
		evidence: inOrder(
			evidenceOf(
				answered.request,
				'Authorization nonce',
				`of the challenge, sent to ${answered.transaction.phone.server.address}`,
			),
			...evidenceIf(challenged.final, field, `${challenger}, who challenged`),
			...evidenceIf(final, field, `${refuser}, who refused`),
		),
	};
}

function confidenceOf(crossings: readonly Crossing[], { differs, round }: Crossing): Confidence {
	const isPlain = crossings.length >= 2 || differs.length === 2 || isStaleRefusal(round);
	return isPlain ? 'strong' : 'likely';
}

/** At one node of a cluster: the answers come here, and their challenges were given somewhere else. */
function unseenServer(subject: Subject): Verdict {
	const { attempt, steps, registration, vantage } = subject;
	const foreign = foreignNonceSteps(attempt, steps, registration);
	const [first] = foreign;
	const last = foreign.at(-1);
	if (first === undefined || last === undefined || foreign.length < 2) return SILENT;
	const nonces = [first, last].map(({ credentials }) => credentials[0]?.digest.nonce ?? '');
	return {
		kind: 'fires',
		confidence: presumption(subject, last, vantage.vantage === 'server' ? 'strong' : 'likely'),
		summary: `${foreign.length} REGISTERs carry nonces ("${nonces[0] ?? ''}", "${nonces[1] ?? ''}") that ${last.transaction.phone.server.address} has not offered in this capture: another server gave them.`,
		evidence: inOrder(
			evidenceOf(last.request, 'Authorization nonce', `"${nonces[1] ?? ''}", not from here`),
			evidenceOf(first.request, 'Authorization nonce', `"${nonces[0] ?? ''}", not from here`),
			...evidenceIf(
				last.final,
				'Status',
				last.final === undefined ? '' : describeStatus(last.final),
			),
		),
	};
}
