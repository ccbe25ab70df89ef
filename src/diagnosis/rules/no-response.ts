import { formatEndpoint } from '../../net/endpoint.js';
import { answeredElsewhere, otherAnsweredHere } from '../../registration/answered-elsewhere.js';
import {
	describeSends,
	describeStatus,
	hasNoResponse,
	lastAnswerBefore,
	lastTransaction,
} from '../../registration/attempt-facts.js';
import type { Registration } from '../../registration/registration.js';
import type { SourceIndex } from '../../registration/source-index.js';
import type { ClientTransaction } from '../../transaction/client-transaction.js';
import { evidenceOf, inOrder, lastCopyOf } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'no-response',
	severity: 'fatal',
	title: 'The REGISTER is repeated and nothing comes back',
	references: ['RFC 3261 §17.1.2.2', 'RFC 3261 §18.1.1'],
	explanation: {
		means:
			'The phone sent its REGISTER again and again with the spacing of Timer E, and neither an answer nor an ICMP error came. Something swallows the request or the answer, or the server is not there; from the phone alone the direction cannot be known.',
		causes: [
			'A firewall drops UDP to or from the port of the server.',
			'The server is down, or its address is wrong.',
			'The source address is banned (fail2ban, pike), often after failed passwords.',
			'A SIP ALG drops the message, or sends the answer to another port.',
			'The server takes SIP over another transport or port only, and its firewall says nothing.',
		],
		confirm:
			'Capture at the server: is the REGISTER there, and does an answer leave? From the phone: try TCP, another port, another server of the provider.',
		lookAlikes: [
			'The phone shows "408" for this: it is its own timer, nobody sent it.',
			'An ICMP error names who refuses; then it is not silence.',
			'A capture that ends within the first seconds shows nothing yet.',
		],
	},
	fix: [
		{
			who: 'site-network',
			what: 'Allow UDP to the port of the registrar outbound, with its answers back. Port 5060 need not be opened or forwarded inbound: the answer comes back the way the request went.',
		},
		{ who: 'phone', what: 'Check the address and port of the registrar; try TCP or TLS.' },
		{
			who: 'provider',
			what: 'Look for the source address among bans, and for the REGISTER in a capture at the server.',
		},
	],
	check({ attempt, vantage, registration, isProbe, index }) {
		const transaction = lastTransaction(attempt)?.phone;
		if (attempt.outcome !== 'unanswered' || transaction === undefined) return SILENT;
		if (!hasNoResponse(attempt)) return SILENT;
		if (vantage.vantage === 'server') return SILENT;
		// Answers that stopped are another finding than answers that never came.
		if (lastAnswerBefore(attempt, registration) !== undefined) return SILENT;
		const server = formatEndpoint(transaction.server);
		// A socket is told of some ICMP errors alone.
		const isToldAll = !isProbe && transaction.unreachable.length === 0;
		return {
			kind: 'fires',
			confidence: vantage.vantage === 'client' ? 'proven' : 'strong',
			summary: `REGISTER was sent ${describeSends(transaction)} to ${server} over ${transaction.transport.toUpperCase()}, and no answer came${isToldAll ? ', not even an ICMP error' : ''}${upWords(transaction, registration, index)}.`,
			evidence: inOrder(
				evidenceOf(transaction.request, 'REGISTER', `first sent to ${server}`),
				...lastCopyOf(transaction),
			),
		};
	},
});

/** What shows that the server is up. */
function upWords(
	transaction: ClientTransaction,
	registration: Registration,
	index: SourceIndex,
): string {
	const here = otherAnsweredHere(transaction, index);
	if (here !== undefined) return `; to an OPTIONS the same port answers ${describeStatus(here)}`;
	const other = answeredElsewhere(transaction, registration, index);
	if (other === undefined) return '';
	return `; the same server answers ${describeStatus(other)} on ${formatEndpoint(other.src)} over ${other.transport.toUpperCase()}, so it is up`;
}
