/** The tunnels in UDP. Each is asked by its port, and says itself whether the datagram is one of its packets. */
import { parseCapwap } from './capwap.js';
import { parseGeneve } from './geneve.js';
import { parseGre } from './gre.js';
import { parseGtp } from './gtp.js';
import { parseL2tp } from './l2tp.js';
import type { TunnelPayload } from './tunnel.js';
import { parseTzsp } from './tzsp.js';
import type { UdpHeader } from './udp.js';
import { parseVxlan, parseVxlanGpe } from './vxlan.js';

type Reader = (datagram: UdpHeader) => TunnelPayload;

const L2TP_PORT = 1701;
/** RFC 5415 §3.1: the controller's, of data. */
const CAPWAP_PORT = 5247;

/** By the port that the packets go to; `capture/sieve.ts` lets all of these pass. */
const READERS: ReadonlyMap<number, Reader> = new Map<number, Reader>([
	[4789, parseVxlan],
	// What Linux used before IANA gave VXLAN a number.
	[8472, parseVxlan],
	[4790, parseVxlanGpe],
	[6081, parseGeneve],
	[2152, parseGtp],
	[L2TP_PORT, parseL2tp],
	[37_008, parseTzsp],
	[CAPWAP_PORT, parseCapwap],
	// GRE in UDP (RFC 8086 §3).
	[4754, ({ payload }) => parseGre(payload, 'udp length')],
]);

/** Undefined where the datagram is none: the port alone proves nothing. */
export function parseUdpTunnel(datagram: UdpHeader): TunnelPayload {
	const reader = READERS.get(datagram.destinationPort);
	if (reader !== undefined) return reader(datagram);
	// Of these two one end has a port of its own choice (RFC 2661 §8.1, RFC 5415 §3.1).
	if (datagram.sourcePort === L2TP_PORT) return parseL2tp(datagram);
	return datagram.sourcePort === CAPWAP_PORT ? parseCapwap(datagram) : undefined;
}
