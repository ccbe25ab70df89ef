import { describeStatus, lastFinal } from '../../registration/attempt-facts.js';
import { firstHeader } from '../../sip/header-fields.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

/** RFC 3261 §8.1.1.6 recommends 70; so few hops are used up on an honest way. */
const FEW_HOPS = 5;

export default defineRule({
	id: 'routing-loop',
	severity: 'fatal',
	title: 'The REGISTER goes round in a circle between servers',
	references: ['RFC 3261 §16.3', 'RFC 3261 §21.4.20', 'RFC 3261 §21.4.21', 'RFC 3261 §8.1.1.6'],
	explanation: {
		means:
			'483: the count of hops that a message may take was used up. 482: a proxy saw the same REGISTER again. The proxies hand it to each other, and none of them takes it for its own.',
		causes: [
			'The domain resolves to the proxy itself, and the proxy does not know it as its own: it sends on to itself.',
			'Two proxies have each other as next hop.',
			'The phone has an outbound proxy set that sends back to the phone or to itself.',
			'The phone sends Max-Forwards with a very small number.',
		],
		confirm:
			'In a capture at the proxy the same Call-ID comes by again and again with one Via more. Look which host the domain of the Request-URI resolves to there.',
		lookAlikes: [
			'A REGISTER with Max-Forwards 0 is a test of the next hop, and 483 is the right answer to it.',
			'A forked REGISTER that comes twice over two ways gives 482 as well.',
		],
	},
	fix: [
		{
			who: 'registrar',
			what: 'Add the domain to those that the proxy serves itself, or set the right next hop.',
		},
		{ who: 'phone', what: 'Check domain and outbound proxy of the account.' },
	],
	check({ attempt }) {
		const final = lastFinal(attempt);
		const request = attempt.transactions.at(-1)?.phone.request;
		if (final === undefined || request === undefined) return SILENT;
		if (![482, 483].includes(final.message.statusCode)) return SILENT;
		const written = firstHeader(request.message, 'max-forwards')?.value ?? '';
		const hops = /^\d{1,3}$/.test(written) ? Number(written) : undefined;
		if (hops === 0) return SILENT;
		const isFew = final.message.statusCode === 483 && hops !== undefined && hops <= FEW_HOPS;
		return {
			kind: 'fires',
			confidence: isFew ? 'likely' : 'strong',
			summary: `${final.src.address} answers ${describeStatus(final)} to a REGISTER with Max-Forwards ${hops ?? 'unreadable'}${
				isFew ? ', which leaves few hops even on an honest way' : ''
			}.`,
			evidence: inOrder(
				evidenceOf(request, 'Max-Forwards', written === '' ? 'none' : written),
				evidenceOf(final, 'Status', describeStatus(final)),
			),
		};
	},
});
