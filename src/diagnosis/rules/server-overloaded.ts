import { parsedValue } from '../../bytes/parsed-value.js';
import { describeStatus, lastFinal, serverWords } from '../../registration/attempt-facts.js';
import { howCut } from '../../registration/how-cut.js';
import { namedContactLimit } from '../../registration/refusal-words.js';
import { readRetryAfter } from '../../sip/headers/retry-after.js';
import type { SipResponse } from '../../sip/message.js';
import type { Observed } from '../../trace/observed.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'server-overloaded',
	severity: 'fatal',
	title: 'The server says that it is overloaded or under maintenance',
	references: ['RFC 3261 §21.5.4', 'RFC 3261 §20.33'],
	explanation: {
		means:
			'503 Service Unavailable: the server does not want to work on this REGISTER now. With Retry-After it says when to come back; without, it counts like a 500.',
		causes: [
			'Overload, maintenance, or a start-up in progress.',
			'A proxy or SBC knows its registrar to be down.',
			'A limit per source address or account.',
		],
		confirm: 'Read Retry-After, Warning and Reason of the 503; try another server of the provider.',
		lookAlikes: [
			'503 with "Too many registered contacts" is the limit of devices of the account.',
			'Asterisk under load answers 503 over TCP and nothing at all over UDP.',
		],
	},
	fix: [
		{ who: 'provider', what: 'Relieve or restart the server, or take it out of DNS.' },
		{
			who: 'phone',
			what: 'Wait for Retry-After; configure the second server, so that the phone fails over.',
		},
	],
	check({ attempt }) {
		const final = lastFinal(attempt);
		const request = attempt.transactions.at(-1)?.phone.request;
		if (final?.message.statusCode !== 503 || request === undefined) return SILENT;
		if (namedContactLimit(final.message) === 'plain') return SILENT;
		const retryAfter = parsedValue(readRetryAfter(final.message));
		const words = serverWords(final.message).join('; ');
		const wait =
			retryAfter === undefined ? withoutRetryAfter(final) : `Retry-After ${retryAfter.seconds} s`;
		return {
			kind: 'fires',
			// What it says of too many contacts may be in the part that is missing.
			confidence: final.cut ? 'likely' : 'strong',
			summary: `${final.src.address} answers ${describeStatus(final)}, ${wait}.`,
			evidence: inOrder(
				evidenceOf(request, 'REGISTER', `to ${final.src.address}`),
				evidenceOf(final, 'Status', `${describeStatus(final)}${words === '' ? '' : ` (${words})`}`),
			),
		};
	},
});

function withoutRetryAfter(final: Observed<SipResponse>): string {
	return final.cut ? howCut(final, 'it') : 'without Retry-After';
}
