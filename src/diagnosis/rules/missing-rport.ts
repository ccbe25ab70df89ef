import { isPrivateAddress } from '../../net/address.js';
import { formatEndpoint, formatHostPort } from '../../net/endpoint.js';
import {
	answeredBeyond,
	describeStatus,
	hasNoResponse,
	lastTransaction,
	sendsAfterFinal,
} from '../../registration/attempt-facts.js';
import { isFailed } from '../../registration/outcome.js';
import { topVia, type Via } from '../../sip/headers/via.js';
import type { ClientTransaction } from '../../transaction/client-transaction.js';
import { sentTimes } from '../../transaction/client-transaction.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT, type Subject, type Verdict } from '../rule.js';

const DEFAULT_PORT = 5060;

export default defineRule({
	id: 'missing-rport',
	severity: 'fatal',
	title: 'The phone does not ask for rport, and the answer goes to a port where no NAT mapping is',
	references: ['RFC 3581 §3', 'RFC 3581 §4', 'RFC 3261 §18.2.2'],
	explanation: {
		means:
			'Without rport in the Via a server must answer to the port in the Via. Behind a NAT the REGISTER comes from another port; the answer goes where the NAT has no mapping, and is dropped.',
		causes: [
			'rport is switched off on the phone, or the phone does not know RFC 3581.',
			'The server does not answer to the source port of its own accord (force_rport).',
		],
		confirm:
			'At the server: the destination port of the answer is the port of the Via and not the source port of the REGISTER.',
		lookAlikes: [
			'A NAT that keeps the source port hides it: Via port and source port are equal.',
			'A server with force_rport answers to the source port: innocent.',
		],
	},
	fix: [
		{ who: 'phone', what: 'Switch rport (symmetric response routing) on.' },
		{
			who: 'registrar',
			what: 'Answer to the source port: Kamailio force_rport(), Asterisk force_rport=yes.',
		},
	],
	check(subject) {
		const { attempt, vantage } = subject;
		const last = lastTransaction(attempt);
		const transaction = last?.phone;
		if (transaction?.transport !== 'udp' || !isFailed(attempt.outcome)) return SILENT;
		const beyond = last === undefined ? undefined : answeredBeyond(last);
		if (beyond !== undefined) {
			const sentBy = topVia(beyond.request.message);
			const verdict =
				sentBy === undefined || sentBy.rport !== undefined
					? SILENT
					: answeredElsewhere(beyond, sentBy);
			if (verdict.kind === 'fires') return verdict;
		}
		const via = topVia(transaction.request.message);
		if (via === undefined || via.rport !== undefined) return SILENT;
		if (transaction.final !== undefined) {
			// An answer that is seen at the phone has passed every NAT: its port is somebody else's doing.
			return vantage.vantage === 'client' ? SILENT : answeredElsewhere(transaction, via);
		}
		return vantage.vantage === 'server' ? SILENT : fromThePhone(subject, transaction, via);
	},
});

/** Seen where the answer leaves: its destination port is the Via's and not the one that the REGISTER came from. */
function answeredElsewhere(transaction: ClientTransaction, via: Via): Verdict {
	const { client, final, request } = transaction;
	const viaPort = via.sentBy.port ?? DEFAULT_PORT;
	if (final === undefined || viaPort === client.port) return SILENT;
	if (final.dst.port !== viaPort || final.dst.port === client.port) return SILENT;
	const repeated = sendsAfterFinal(transaction);
	if (repeated.length === 0) return SILENT;
	return {
		kind: 'fires',
		confidence: 'proven',
		summary: `The REGISTER came from port ${client.port} without rport, so ${describeStatus(final)} went to the Via port ${viaPort}, where no NAT mapping is; the phone repeats its REGISTER.`,
		evidence: inOrder(
			evidenceOf(
				request,
				'Via',
				`sent-by port ${viaPort}, no rport; packet from ${formatEndpoint(client)}`,
			),
			evidenceOf(final, 'UDP destination', formatEndpoint(final.dst)),
			...evidenceIf(
				repeated.at(-1),
				'REGISTER',
				`same branch again, copy ${sentTimes(transaction)}`,
			),
		),
	};
}

/** From the phone it is only one of the ways to be met with silence. */
function fromThePhone({ attempt }: Subject, transaction: ClientTransaction, via: Via): Verdict {
	if (!hasNoResponse(attempt) || attempt.outcome !== 'unanswered') return SILENT;
	if (!isPrivateAddress(transaction.client.address) || isPrivateAddress(transaction.server.address))
		return SILENT;
	return {
		kind: 'fires',
		confidence: 'possible',
		summary: `The Via names ${formatHostPort(via.sentBy.host, via.sentBy.port ?? DEFAULT_PORT)} and asks for no rport: behind a NAT that changes the port, the answers go astray.`,
		evidence: inOrder(evidenceOf(transaction.request, 'Via', 'no rport')),
	};
}
