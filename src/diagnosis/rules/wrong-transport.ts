import { formatEndpoint, sameEndpoint } from '../../net/endpoint.js';
import { describeSends, hasNoResponse, lastTransaction } from '../../registration/attempt-facts.js';
import type { Registration } from '../../registration/registration.js';
import { atOneServer } from '../../registration/source-index.js';
import { topVia } from '../../sip/headers/via.js';
import type { ClientTransaction } from '../../transaction/client-transaction.js';
import { evidenceOf, inOrder } from '../evidence.js';
import type { Evidence } from '../finding.js';
import { defineRule, SILENT } from '../rule.js';

/** RFC 3261 §19.1.2: the port of SIP over TLS. */
const SIPS_PORT = 5061;

const MAX_ATTEMPTS = 100;

export default defineRule({
	id: 'wrong-transport',
	severity: 'fatal',
	title: 'The REGISTER travels over another transport than it says, or than the port is for',
	references: ['RFC 3261 §18.2.2', 'RFC 3261 §18.1.1', 'RFC 3261 §19.1.2'],
	explanation: {
		means:
			'The Via tells the server over which transport to answer. Here it names another one than carried the REGISTER, so the answer is sent where nobody waits; or the REGISTER went over UDP to the port where only TLS is spoken.',
		causes: [
			'The transport was changed in one place of the configuration and not in the other (account, outbound proxy, port).',
			'A box on the way changes the transport and leaves the Via as it is.',
			'Port 5061 was entered while the transport stayed UDP.',
		],
		confirm: 'Compare the transport of the packet with the second word of the Via.',
		lookAlikes: [
			'A server that takes no notice of the Via answers all the same: then nothing is wrong.',
			'Silence over UDP to 5061 may have any other cause of silence, where the provider offers UDP there.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Set transport and port to what the provider names: UDP or TCP with 5060, TLS with 5061; leave the port empty where the provider has SRV records.',
		},
	],
	check({ attempt, registration, index }) {
		const phone = lastTransaction(attempt)?.phone;
		if (phone === undefined || attempt.outcome === 'unreachable') return SILENT;
		const status = phone.final?.message.statusCode;
		// Where the server said anything else, it could read and answer the REGISTER.
		if (!hasNoResponse(attempt) && status !== 400) return SILENT;
		const found = contradiction(phone);
		if (found === undefined) return SILENT;
		const others = atOneServer(registration, index);
		if (found.isByPort && isSpokenThere(phone, others)) return SILENT;
		return {
			kind: 'fires',
			confidence: found.confidence,
			summary: `${found.text}; ${status === undefined ? `it was sent ${describeSends(phone)} without an answer` : `the server answers ${status}`}.`,
			evidence: inOrder(found.evidence),
		};
	},
});

interface Contradiction {
	readonly text: string;
	readonly confidence: 'strong' | 'likely';
	/** The port says so, and not the Via. */
	readonly isByPort: boolean;
	readonly evidence: Evidence;
}

function contradiction(phone: ClientTransaction): Contradiction | undefined {
	const { request, transport, server } = phone;
	const named = topVia(request.message)?.transport;
	if (named !== undefined && named.toLowerCase() !== transport) {
		const text = `The REGISTER came over ${transport.toUpperCase()}, and its Via names ${named}`;
		const evidence = evidenceOf(request, 'Via transport', text);
		return { text, confidence: 'strong', isByPort: false, evidence };
	}
	if (transport !== 'udp' || server.port !== SIPS_PORT || phone.final !== undefined)
		return undefined;
	const text = `The REGISTER went over UDP to ${formatEndpoint(server)}, the port of SIP over TLS`;
	const evidence = evidenceOf(request, 'UDP destination', text);
	return { text, confidence: 'likely', isByPort: true, evidence };
}

/** Somebody was answered over UDP at this very port: then it is no port of TLS alone. */
function isSpokenThere(
	{ server, transport }: ClientTransaction,
	registrations: readonly Registration[],
): boolean {
	return registrations
		.flatMap(({ attempts }) => attempts.slice(-MAX_ATTEMPTS))
		.flatMap(({ transactions }) => transactions)
		.some(
			({ phone }) =>
				phone.transport === transport &&
				sameEndpoint(phone.server, server) &&
				phone.responses.length > 0,
		);
}
