import { formatEndpoint } from '../../net/endpoint.js';
import {
	describeSends,
	describeStatus,
	lastAnswerBefore,
	lastTransaction,
} from '../../registration/attempt-facts.js';
import { credentialsInVain } from '../../registration/credentials-in-vain.js';
import { failedAuthenticationsBefore } from '../../registration/failed-authentications.js';
import { evidenceOf, inOrder, lastCopyOf } from '../evidence.js';
import type { Fix } from '../finding.js';
import { defineRule, SILENT } from '../rule.js';

const FIX: readonly Fix[] = [
	{
		who: 'provider',
		what: 'Check whether the server was up at that time, and whether the source address is banned.',
	},
	{ who: 'site-network', what: 'Check what changed on firewall and uplink at that time.' },
];
/** What was refused before would be refused again. */
const CREDENTIALS: Fix = {
	who: 'phone',
	what: 'Check password and authentication name, too: the last answer refused them, and who refuses often may ban.',
};

export default defineRule({
	id: 'server-went-silent',
	severity: 'fatal',
	title: 'The server answered before and stopped at one moment',
	references: ['RFC 3261 §17.1.2.2'],
	explanation: {
		means:
			'Earlier REGISTERs of this phone were answered by the same server; from one moment on nothing comes back. The way was right until then, and the account where it was accepted.',
		causes: [
			'The server went down, or lost its network.',
			'The source address was banned or changed, or the NAT mapping went stale.',
			'A firewall rule or a route was changed.',
		],
		confirm:
			'Do other phones still get answers at that time? If only this one does not, look for a ban.',
		lookAlikes: ['A capture that ends within seconds of the last REGISTER shows nothing yet.'],
	},
	fix: FIX,
	check({ attempt, registration, steps }) {
		const transaction = lastTransaction(attempt)?.phone;
		if (attempt.outcome !== 'unanswered' || transaction === undefined) return SILENT;
		if (transaction.responses.length > 0) return SILENT;
		// Silence as the answer to the credentials alone is a finding of its own.
		if (credentialsInVain(steps) !== undefined) return SILENT;
		const answered = lastAnswerBefore(attempt, registration);
		if (answered === undefined) return SILENT;
		const server = formatEndpoint(transaction.server);
		const refused = failedAuthenticationsBefore(attempt, registration).at(-1)?.final === answered;
		const before = refused
			? `${server} last refused the credentials with ${describeStatus(answered)}`
			: `${server} last answered ${describeStatus(answered)}`;
		return {
			kind: 'fires',
			confidence: 'strong',
			...(refused ? { fix: [CREDENTIALS, ...FIX] } : {}),
			summary: `${before}; after that REGISTER was sent ${describeSends(transaction)} and nothing came back.`,
			evidence: inOrder(
				evidenceOf(answered, 'Status', `${describeStatus(answered)}, the last answer`),
				evidenceOf(transaction.request, 'REGISTER', 'first without an answer'),
				...lastCopyOf(transaction),
			),
		};
	},
});
