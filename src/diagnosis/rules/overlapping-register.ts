import { formatEndpoint, sameEndpoint } from '../../net/endpoint.js';
import { describeStatus } from '../../registration/attempt-facts.js';
import type { ClientTransaction } from '../../transaction/client-transaction.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'overlapping-register',
	severity: 'risk',
	title: 'The phone sends a new REGISTER before the last one was answered',
	references: ['RFC 3261 §10.2', 'RFC 3261 §10.2.4'],
	explanation: {
		means:
			'A phone must wait for the final response, or for its timer, before it sends another REGISTER. Two at once may be worked on in the wrong order, and the later one be taken for old.',
		causes: [
			'Two lines or two tasks of the phone register the same account.',
			'Firmware that is impatient with a slow server.',
		],
		confirm: 'Look for two branches of one Call-ID that are open at the same time.',
		lookAlikes: [
			'A retransmission has the same branch: it is the same REGISTER.',
			'A second server that is asked because the first one is silent.',
			'A phone that keeps several flows to its registrar (RFC 5626) registers each by itself.',
		],
	},
	fix: [{ who: 'phone', what: 'Update firmware; see that the account is configured once.' }],
	check({ attempt }) {
		const { transactions } = attempt;
		for (const [index, { phone: after }] of transactions.entries()) {
			const before = transactions[index - 1]?.phone;
			if (before?.final === undefined || !overlaps(before, after)) continue;
			return {
				kind: 'fires',
				confidence: 'proven',
				summary: `CSeq ${after.cseq ?? ''} was sent to ${formatEndpoint(after.server)} before CSeq ${before.cseq ?? ''} had its ${describeStatus(before.final)}.`,
				evidence: inOrder(
					evidenceOf(before.request, 'CSeq', `${before.cseq ?? ''}, sent`),
					evidenceOf(after.request, 'CSeq', `${after.cseq ?? ''}, sent as well`),
					evidenceOf(
						before.final,
						'Status',
						`${describeStatus(before.final)} to CSeq ${before.cseq ?? ''}`,
					),
				),
			};
		}
		return SILENT;
	},
});

/** The same Call-ID over the same flow; the answer to the first one came, after the second was sent. */
function overlaps(before: ClientTransaction, after: ClientTransaction): boolean {
	if (before.callId !== after.callId || before.branch === after.branch) return false;
	if (!sameEndpoint(before.client, after.client) || !sameEndpoint(before.server, after.server))
		return false;
	return before.final !== undefined && before.responses.every(({ at }) => at > after.request.at);
}
