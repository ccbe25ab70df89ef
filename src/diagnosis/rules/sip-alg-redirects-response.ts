import { isPrivateAddress } from '../../net/address.js';
import { formatEndpoint } from '../../net/endpoint.js';
import {
	describeStatus,
	lastTransaction,
	MINIMUM_SENDS_AFTER_FINAL,
	sendsAfterFinal,
} from '../../registration/attempt-facts.js';
import { isFailed } from '../../registration/outcome.js';
import type { Vantage } from '../../registration/vantage.js';
import { topVia } from '../../sip/headers/via.js';
import type { ClientTransaction } from '../../transaction/client-transaction.js';
import { sentTimes } from '../../transaction/client-transaction.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import type { Confidence } from '../finding.js';
import { defineRule, SILENT } from '../rule.js';

const DEFAULT_PORT = 5060;

export default defineRule({
	id: 'sip-alg-redirects-response',
	severity: 'fatal',
	title: 'A SIP ALG sends the answer to another port than the REGISTER came from',
	references: ['RFC 3581 §4', 'RFC 3261 §18.2.2'],
	explanation: {
		means:
			'The phone sent from one port, and the answer arrives at another: the one its Via names. A server that is asked for rport answers to the port of origin, and a NAT cannot bring the answer to another one. The SIP helper of a router does, as it reads the Via; the phone never sees the answer.',
		causes: [
			'The SIP ALG of the router (nf_nat_sip in Linux, so in most home routers and MikroTik) reads the Via of the phone and turns answers to that port.',
			'The phone sends from another port than it writes into Via, or writes none, which means 5060.',
		],
		confirm:
			'At the phone compare the source port of the REGISTER with the destination port of the answer; the phone often sends ICMP port unreachable for it.',
		lookAlikes: [
			'At the server the answer leaves to the right port; from there it looks like a lost answer.',
			'Without rport and without a NAT an answer to the Via port is as RFC 3261 §18.2.2 wants it.',
			'A phone that listens on its Via port goes on with credentials: nothing is wrong.',
		],
	},
	fix: [
		{
			who: 'site-network',
			what: 'Switch the SIP ALG off in router and firewall (MikroTik: /ip firewall service-port disable sip; others: "SIP ALG" under NAT or WAN).',
		},
		{
			who: 'phone',
			what: 'Use the local port that is in the Via (or 5060 where it has none), or TLS, or another server port than 5060.',
		},
	],
	check({ attempt, vantage }) {
		const transaction = lastTransaction(attempt)?.phone;
		if (transaction?.transport !== 'udp' || transaction.final === undefined) return SILENT;
		if (!isFailed(attempt.outcome)) return SILENT;
		const { client, final, request } = transaction;
		const viaPort = topVia(request.message)?.sentBy.port ?? DEFAULT_PORT;
		if (final.dst.port === client.port || final.dst.port !== viaPort) return SILENT;
		const repeated = sendsAfterFinal(transaction);
		if (repeated.length < MINIMUM_SENDS_AFTER_FINAL) return SILENT;
		const confidence = confidenceOf(transaction, vantage.vantage);
		if (confidence === undefined) return SILENT;
		return {
			kind: 'fires',
			confidence,
			summary: `The REGISTER left from port ${client.port}, and ${describeStatus(final)} arrived at port ${final.dst.port}, the one in its Via; the phone repeated the same branch ${repeated.length} times.`,
			evidence: inOrder(
				evidenceOf(
					request,
					'Via',
					`sent-by port ${viaPort}; packet from ${formatEndpoint(client)}`,
				),
				evidenceOf(final, 'UDP destination', formatEndpoint(final.dst)),
				...evidenceIf(
					repeated.at(-1),
					'REGISTER',
					`same branch again, copy ${sentTimes(transaction)}`,
				),
			),
		};
	},
});

/** Undefined where the server itself may have chosen the port, or nobody stands between. */
function confidenceOf(
	{ request, final, client, server }: ClientTransaction,
	vantage: Vantage,
): Confidence | undefined {
	if (vantage === 'server' || final === undefined) return undefined;
	const asked = topVia(request.message)?.rport !== undefined;
	const promised = topVia(final.message)?.rport;
	// The server wrote which port it answers to (RFC 3581 §4), and it is not the one where this arrived.
	if (asked && typeof promised === 'number' && promised !== final.dst.port) return 'proven';
	const behindNat = isPrivateAddress(client.address) && !isPrivateAddress(server.address);
	return vantage === 'client' && behindNat ? 'strong' : undefined;
}
