import { describeStatus, lastFinal, lastTransaction } from '../../registration/attempt-facts.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

/** RFC 5626 §11.5. */
const FLOW_FAILED = 430;

export default defineRule({
	id: 'flow-failed',
	severity: 'degraded',
	title: 'The edge proxy has lost the flow that the phone registered over',
	references: ['RFC 5626 §5.3.1', 'RFC 5626 §4.4.1', 'RFC 5626 §11.5'],
	explanation: {
		means:
			'430 says that the connection, or the NAT mapping, by which the phone could be reached is gone. The phone has to open a new flow and register over it.',
		causes: [
			'The connection was closed or the mapping forgotten for want of keep-alives.',
			'The edge proxy was restarted.',
		],
		confirm: 'Look when the last packet crossed the old flow, and for Flow-Timer in the last 200.',
		lookAlikes: ['A phone that registers over a new flow right after the 430 has mended it.'],
	},
	fix: [
		{
			who: 'phone',
			what: 'Send keep-alives within the Flow-Timer of the 200 (CRLF, STUN), and register anew over a new flow.',
		},
		{ who: 'sbc', what: 'Keep flows of registered phones as long as Flow-Timer says.' },
	],
	check({ attempt }) {
		const final = lastFinal(attempt);
		const request = lastTransaction(attempt)?.phone.request;
		if (final?.message.statusCode !== FLOW_FAILED || request === undefined) return SILENT;
		return {
			kind: 'fires',
			confidence: 'proven',
			severity: 'fatal',
			summary: `${final.src.address} answers ${describeStatus(final)}: the flow to the phone is gone.`,
			evidence: inOrder(
				evidenceOf(request, 'REGISTER', `to ${final.src.address}`),
				evidenceOf(final, 'Status', describeStatus(final)),
			),
		};
	},
});
