/* A message that an agent reports in HEP → what is observed. The packet of the report says nothing of the message. */
import type { HepEndpoint, HepMessage } from '../layers/hep.js';
import { IP_PROTOCOL } from '../layers/ip-packet.js';
import type { Transport } from '../net/transport.js';
import { topVia } from '../sip/headers/via.js';
import type { SipMessage } from '../sip/message.js';
import type { Instant } from '../time/instant.js';
import type { EndpointTable } from './endpoint-table.js';
import type { Observed, PacketFacts } from './observed.js';

/** The datagram, or the part of a connection, that brought a report. */
export interface ReportPlace {
	/**
	 * When the capture has it. The time within the report is not used: it is that of the agent's clock, several agents have several
	 * clocks, and the frames around it, among them the message's own, are told by that of the capture.
	 */
	readonly at: Instant;
	readonly frame: number;
	readonly frames: readonly number[];
	/** The address of who sent it. */
	readonly agent: string;
}

/** Between whom the message went; undefined where the report does not say it. */
export function reportedWay({ src, dst }: HepMessage, endpoints: EndpointTable) {
	const endpointOf = (end: HepEndpoint | undefined) => end && endpoints.of(end.address, end.port);
	return { src: endpointOf(src), dst: endpointOf(dst) };
}

/**
 * SIP within TLS or WebSocket is reported as it is read, without them. Kamailio numbers both 22, others say TCP; which it is
 * stands in the Via alone, which is of no weight where the agent saw UDP.
 */
export function reportedTransport({ protocol }: HepMessage, message: SipMessage): Transport {
	if (protocol === IP_PROTOCOL.udp) return 'udp';
	const written = topVia(message)?.transport.toLowerCase();
	if (written === 'tls' || written === 'ws' || written === 'wss') return written;
	return protocol === IP_PROTOCOL.tcp ? 'tcp' : 'tls';
}

/** TTL, hardware addresses, direction and checksum are those of the report, and so are fragments: all are left out. */
export function reportedFacts(report: HepMessage, { agent, frames }: ReportPlace): PacketFacts {
	const agents = [`${agent} ${report.agentId ?? ''}`];
	return {
		fragments: 1,
		payloadLength: report.payload.length + report.missing,
		reports: { agents, frames: frames.length, isAll: true },
	};
}

/** True where nothing but reports shows a message. */
export function isReported({ packet }: Pick<Observed, 'packet'>): boolean {
	return packet.reports?.isAll === true;
}
