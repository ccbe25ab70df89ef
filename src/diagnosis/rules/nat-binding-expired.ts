import { formatEndpoint } from '../../net/endpoint.js';
import { laterBy, seconds } from '../../registration/attempt-facts.js';
import { type FlowLifetime, flowLifetime } from '../../registration/flow-lifetime.js';
import { mappingExpiry } from '../../registration/nat-mapping.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT, type Subject, type Verdict } from '../rule.js';

/** Fewer changes may be chance (knowledge E2). */
const LIKELY = 2;
const STRONG = 3;
const MAX_EVIDENCE = 4;

export default defineRule({
	id: 'nat-binding-expired',
	severity: 'degraded',
	title: 'The NAT forgets the phone before its next packet',
	references: ['RFC 4787 §4.3', 'RFC 5626 §4.4', 'RFC 6223 §4'],
	explanation: {
		means:
			'Between two REGISTERs nothing crosses the NAT for longer than it remembers a flow. Then the phone is registered and cannot be called, until it registers again, from another port.',
		causes: [
			'The phone sends no keep-alives, or too seldom.',
			'The NAT of the site remembers UDP for 30 to 60 s only.',
			'The registrar grants a long expiry and does not ping the phone.',
		],
		confirm:
			'Call the phone right after a REGISTER, and again just before the next one: only the first call arrives.',
		lookAlikes: [
			'A NAT that changes the port at each REGISTER, also after a second, does not forget: it never keeps.',
			'A phone that was restarted begins a new flow.',
			'A NAT that gives the same port again shows nothing from outside; only a request of the server does.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Switch keep-alives on (CRLF, STUN or OPTIONS) every 20 to 25 s over UDP, or register by TCP or TLS.',
		},
		{
			who: 'provider',
			what: 'Let the registrar ping phones behind NAT, or grant them a short expiry.',
		},
		{ who: 'site-network', what: 'Raise the timeout of the NAT for UDP (300 s).' },
	],
	check(subject) {
		const { attempt, registration, index, observedUntil } = subject;
		if (attempt !== registration.decisive || attempt.outcome !== 'registered') return SILENT;
		const lifetime = flowLifetime(registration, attempt, index, observedUntil);
		return lifetime === undefined ? byPorts(subject) : byUnanswered(lifetime);
	},
});

function byPorts({ registration, index }: Subject): Verdict {
	const expiry = mappingExpiry(registration);
	const last = expiry?.changes.at(-1);
	if (expiry === undefined || last === undefined || expiry.changes.length < LIKELY) return SILENT;
	const shown = expiry.changes.slice(-MAX_EVIDENCE);
	// Something crossed the flow all the same: then it may be the phone that opens another one.
	const isKept = shown.some(({ before }) => index.isKeptAlive(before.outside));
	return {
		kind: 'fires',
		confidence: expiry.changes.length >= STRONG && !isKept ? 'strong' : 'likely',
		summary: `After each of ${expiry.changes.length} pauses of ${seconds(expiry.shortestMs)} or more the phone came from another port of the NAT, at last from ${formatEndpoint(last.after.outside)}; in between the old port led nowhere.`,
		evidence: inOrder(
			evidenceOf(last.before.seen, last.before.field, formatEndpoint(last.before.outside)),
			...shown.map(({ after, gapMs }) =>
				evidenceOf(after.seen, after.field, `${formatEndpoint(after.outside)}, ${laterBy(gapMs)}`),
			),
		),
	};
}

function byUnanswered({ keptMs, lostMs, kept, lost }: FlowLifetime): Verdict {
	const [first] = lost;
	if (first === undefined) return SILENT;
	return {
		kind: 'fires',
		confidence: lost.length >= STRONG ? 'strong' : 'likely',
		summary: `The phone answers ${first.method} up to ${seconds(keptMs)} after its last packet and never from ${seconds(lostMs)} on (${lost.length} times): the NAT forgets the flow in between.`,
		evidence: inOrder(
			evidenceOf(first, first.method, `to ${formatEndpoint(first.dst)}, no answer`),
			...evidenceIf(kept, kept.method, `answered with ${kept.answer?.statusCode ?? ''}`),
			...lost.slice(1, MAX_EVIDENCE).map((one) => evidenceOf(one, one.method, 'no answer')),
		),
	};
}
