import { describeStatus, lastTransaction, seconds } from '../../registration/attempt-facts.js';
import { elapsedMs } from '../../time/instant.js';
import { evidenceOf, inOrder, lastCopyOf } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'no-final-response',
	severity: 'fatal',
	title: 'The server says that it is trying, and then nothing more',
	references: ['RFC 3261 §17.1.2.2', 'RFC 4320 §4.1'],
	explanation: {
		means:
			'A provisional response came, so request and answer cross the network. No final response followed within the time of the transaction.',
		causes: [
			'A proxy took the REGISTER, and the registrar behind it does not answer.',
			'The proxy drops its own 408 as RFC 4320 advises for non-INVITE requests.',
		],
		confirm: 'Capture at the proxy: is the REGISTER sent on, and to whom?',
		lookAlikes: ['A capture that ends before the final response shows the same beginning.'],
	},
	fix: [
		{
			who: 'provider',
			what: 'Mend the way from the proxy to the registrar, or the registrar itself.',
		},
	],
	check({ attempt }) {
		const transaction = lastTransaction(attempt)?.phone;
		if (attempt.outcome !== 'unanswered' || transaction === undefined) return SILENT;
		const provisional = transaction.responses.at(-1);
		if (provisional === undefined) return SILENT;
		return {
			kind: 'fires',
			confidence: 'strong',
			summary: `${transaction.server.address} answered ${describeStatus(provisional)} after ${seconds(elapsedMs(transaction.request.at, provisional.at))} and never a final response.`,
			evidence: inOrder(
				evidenceOf(transaction.request, 'REGISTER', `to ${transaction.server.address}`),
				evidenceOf(provisional, 'Status', `${describeStatus(provisional)}, provisional`),
				...lastCopyOf(transaction),
			),
		};
	},
});
