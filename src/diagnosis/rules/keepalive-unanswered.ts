import { formatEndpoint } from '../../net/endpoint.js';
import { lastTransaction } from '../../registration/attempt-facts.js';
import type { KeepAlive } from '../../registration/keep-alive.js';
import { keepAlivesOf } from '../../registration/keep-alives.js';
import type { UnreachableEvent } from '../../trace/observed.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import type { Confidence } from '../finding.js';
import { defineRule, SILENT, type Subject } from '../rule.js';

/** One may have been lost, two in a row as well. */
const MINIMUM = 2;
const STRONG = 3;

export default defineRule({
	id: 'keepalive-unanswered',
	severity: 'degraded',
	title: 'What the server asks the registered phone goes unanswered',
	references: ['RFC 3261 §11.2', 'RFC 3261 §8.2', 'RFC 5626 §4.4'],
	explanation: {
		means:
			'The server sends OPTIONS or NOTIFY to the phone, and nothing comes back. A phone answers every request, be it with a refusal; so they do not reach it, and calls will not either.',
		causes: [
			'The NAT has forgotten the flow: no keep-alives from the phone.',
			'A firewall lets nothing in that was not asked for, or only from another address.',
			'The phone was switched off without unregistering.',
		],
		confirm:
			'Call the phone. Look at the phone whether the OPTIONS arrives; at the server whether the registrar calls the phone unreachable (Asterisk: qualify).',
		lookAlikes: [
			'A capture that ends within seconds of the request shows nothing yet.',
			'One request without an answer is a lost packet.',
			'Requests to a private Contact are another finding, and those of strangers say nothing.',
		],
	},
	fix: [
		{ who: 'phone', what: 'Switch keep-alives on, every 20 to 25 s over UDP.' },
		{
			who: 'site-network',
			what: 'Let the server reach the phone over the flow that the phone opened; raise the timeout for UDP.',
		},
	],
	check(subject) {
		const { attempt, registration, index, observedUntil } = subject;
		if (attempt !== registration.decisive || attempt.outcome !== 'registered') return SILENT;
		// Removed since, or tried in vain: what the server asks then is another matter.
		if (registration.attempts.at(-1) !== attempt) return SILENT;
		const phone = lastTransaction(attempt)?.phone;
		if (phone === undefined) return SILENT;
		const { answered, unanswered } = keepAlivesOf(attempt, index, observedUntil);
		const lastAnswered = answered.at(-1);
		// Those since the last answer: what was mended is past.
		const open = unanswered.filter(({ at }) => lastAnswered === undefined || at > lastAnswered.at);
		const [first] = open;
		if (first === undefined || open.length < MINIMUM) return SILENT;
		const refusal = index
			.refusedBy(first.dst)
			.find(({ reason, at }) => reason === 'port' && at >= first.at);
		return {
			kind: 'fires',
			confidence: confidenceOf(subject, open, { lastAnswered, refusal }),
			summary: `${open.length} ${first.method} to ${formatEndpoint(first.dst)} went unanswered${lastAnswered === undefined ? '' : ', after earlier ones had been answered'}${refusal === undefined ? '' : '; ICMP says that the port is unreachable'}.`,
			evidence: inOrder(
				evidenceOf(first, first.method, `to ${formatEndpoint(first.dst)}, no answer`),
				...evidenceIf(open.at(-1), first.method, `the last of ${open.length}`),
				...evidenceIf(
					lastAnswered,
					first.method,
					`answered with ${lastAnswered?.answer?.statusCode ?? ''}`,
				),
				...evidenceIf(refusal, 'ICMP', 'port unreachable'),
			),
		};
	},
});

/** At the phone the requests did arrive: then it is the phone that does not answer, whatever the reason. */
function confidenceOf(
	{ vantage }: Subject,
	open: readonly KeepAlive[],
	{
		lastAnswered,
		refusal,
	}: {
		readonly lastAnswered: KeepAlive | undefined;
		readonly refusal: UnreachableEvent | undefined;
	},
): Confidence {
	if (refusal !== undefined) return 'strong';
	if (open.length < STRONG) return 'likely';
	if (lastAnswered !== undefined || vantage.vantage === 'server') return 'strong';
	return 'likely';
}
