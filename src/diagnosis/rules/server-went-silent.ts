import { formatEndpoint } from '../../net/endpoint.js';
import {
	describeSends,
	describeStatus,
	lastAnswerBefore,
	lastTransaction,
} from '../../registration/attempt-facts.js';
import { credentialsInVain } from '../../registration/credentials-in-vain.js';
import { sentTimes } from '../../transaction/client-transaction.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'server-went-silent',
	severity: 'fatal',
	title: 'The server answered before and stopped at one moment',
	references: ['RFC 3261 §17.1.2.2'],
	explanation: {
		means:
			'Earlier REGISTERs of this phone were answered by the same server; from one moment on nothing comes back. The account and the way were right until then.',
		causes: [
			'The server went down, or lost its network.',
			'The source address was banned or changed, or the NAT mapping went stale.',
			'A firewall rule or a route was changed.',
		],
		confirm:
			'Do other phones still get answers at that time? If only this one does not, look for a ban.',
		lookAlikes: ['A capture that ends within seconds of the last REGISTER shows nothing yet.'],
	},
	fix: [
		{
			who: 'provider',
			what: 'Check whether the server was up at that time, and whether the source address is banned.',
		},
		{ who: 'site-network', what: 'Check what changed on firewall and uplink at that time.' },
	],
	check({ attempt, registration, steps }) {
		const transaction = lastTransaction(attempt)?.phone;
		if (attempt.outcome !== 'unanswered' || transaction === undefined) return SILENT;
		if (transaction.responses.length > 0) return SILENT;
		// Silence as the answer to the credentials alone is a finding of its own.
		if (credentialsInVain(steps) !== undefined) return SILENT;
		const answered = lastAnswerBefore(attempt, registration);
		if (answered === undefined) return SILENT;
		return {
			kind: 'fires',
			confidence: 'strong',
			summary: `${formatEndpoint(transaction.server)} last answered ${describeStatus(answered)}; after that REGISTER was sent ${describeSends(transaction)} and nothing came back.`,
			evidence: inOrder(
				evidenceOf(answered, 'Status', `${describeStatus(answered)}, the last answer`),
				evidenceOf(transaction.request, 'REGISTER', 'first without an answer'),
				...evidenceIf(
					transaction.sends.at(-1),
					'REGISTER',
					`last of ${sentTimes(transaction)} copies`,
				),
			),
		};
	},
});
