import { seconds } from '../../registration/attempt-facts.js';
import { responseTimes, SLOW_MS } from '../../registration/response-times.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

/** Fewer say nothing about a server. */
const MINIMUM = 10;
const MAX_EVIDENCE = 4;

export default defineRule({
	id: 'server-slow',
	severity: 'degraded',
	title: 'The server answers later than the phone waits before it repeats itself',
	references: ['RFC 3261 §17.1.2.2', 'RFC 3261 §17.2.2'],
	explanation: {
		means:
			'A phone repeats a REGISTER after half a second without an answer. The server takes longer than that most of the time, so that everything is sent twice, and a little more load makes registrations fail.',
		causes: [
			'The server looks the account up in a slow database, or is overloaded.',
			'A lookup of names, or a check of every source address, delays it.',
			'A line with a long delay, such as a satellite.',
		],
		confirm:
			'Compare the time to answer at the server itself; ping it to know the share of the way.',
		lookAlikes: [
			'A repeated REGISTER that is answered at once was lost the first time: that is the network.',
			'A long way delays every answer by the same time, however simple.',
		],
	},
	fix: [
		{ who: 'registrar', what: 'Look at load, database and name lookups of the server.' },
		{ who: 'provider', what: 'Answer with 100 Trying at once where a REGISTER takes long.' },
	],
	check({ attempt, registration, vantage }) {
		if (attempt !== registration.decisive) return SILENT;
		const { count, slow, slowCount, medianMs, fastestMs } = responseTimes(registration);
		const [first] = slow;
		if (first === undefined || count < MINIMUM || slowCount * 2 < count) return SILENT;
		// Away from the server the way counts as well, unless some answers show that it is short.
		const isServer = vantage.vantage === 'server' || fastestMs < SLOW_MS / 4;
		return {
			kind: 'fires',
			confidence: isServer ? 'strong' : 'likely',
			summary: `${slowCount} of ${count} answers of ${first.server.address} took longer than ${seconds(SLOW_MS)} (median ${seconds(medianMs)})${isServer ? '' : '; from here the way is part of it'}.`,
			evidence: inOrder(
				evidenceOf(first.request, 'REGISTER', 'first sent'),
				...slow
					.slice(0, MAX_EVIDENCE)
					.map(({ final, ms }) => evidenceOf(final, 'Status', `after ${seconds(ms)}`)),
			),
		};
	},
});
