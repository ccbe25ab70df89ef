import { formatEndpoint } from '../../net/endpoint.js';
import {
	describeSends,
	hasNoResponse,
	lastAnswerBefore,
	lastTransaction,
} from '../../registration/attempt-facts.js';
import { sentTimes } from '../../transaction/client-transaction.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'server-silent',
	severity: 'fatal',
	title: 'The REGISTER reaches the server, and the server sends nothing',
	references: ['RFC 3261 §17.2.2', 'RFC 3261 §18.2.1'],
	explanation: {
		means:
			'At the server the REGISTER is seen to arrive, several times, and nothing leaves. The network did its work; the host or its software does not answer.',
		causes: [
			'The host firewall drops it, or the source is banned (fail2ban, pike).',
			'The software filters the user agent or the source without a word.',
			'It listens on another address or port, is overloaded, or the message is malformed for it.',
		],
		confirm:
			'Look at the firewall counters and bans of the host, and at the log of the registrar with its highest verbosity.',
		lookAlikes: [
			'A closed port gives an ICMP error, which is not silence.',
			'In a capture between phone and server the same picture may be loss further on.',
		],
	},
	fix: [
		{
			who: 'registrar',
			what: 'Check host firewall, bans, listening address and user-agent filters of the server.',
		},
	],
	check({ attempt, vantage, registration, isProbe }) {
		const transaction = lastTransaction(attempt)?.phone;
		if (attempt.outcome !== 'unanswered' || transaction === undefined) return SILENT;
		if (!hasNoResponse(attempt)) return SILENT;
		// A server that answered before has gone silent: that is another finding.
		if (lastAnswerBefore(attempt, registration) !== undefined) return SILENT;
		if (vantage.vantage !== 'server') {
			return {
				kind: 'cannot-tell',
				because: `it is not known whether the REGISTER reached the server (${vantage.reason})`,
				decidedBy: isProbe
					? 'a capture on the server itself while this probes'
					: 'a capture on the server itself, or --vantage where this is one',
			};
		}
		const last = transaction.sends.at(-1) ?? transaction.request;
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `REGISTER from ${formatEndpoint(transaction.client)} arrived ${describeSends(transaction)} at ${formatEndpoint(transaction.server)}, and the server sent nothing.`,
			evidence: inOrder(
				evidenceOf(
					transaction.request,
					'REGISTER',
					`arrives at ${formatEndpoint(transaction.server)}`,
				),
				...(last === transaction.request
					? []
					: [evidenceOf(last, 'REGISTER', `copy ${sentTimes(transaction)}, still no answer`)]),
				evidenceOf(last, 'Vantage', vantage.reason),
			),
		};
	},
});
