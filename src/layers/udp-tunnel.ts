/** The tunnels in UDP. Each is asked by its port, and says itself whether the datagram is one of its packets. */
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
	// GRE in UDP (RFC 8086 §3).
	[4754, ({ payload }) => parseGre(payload, 'udp length')],
]);

/** Undefined where the datagram is none: the port alone proves nothing. */
export function parseUdpTunnel(datagram: UdpHeader): TunnelPayload {
	const reader = READERS.get(datagram.destinationPort);
	if (reader !== undefined) return reader(datagram);
	// RFC 2661 §8.1: who asked is answered at the port that it asked from, be that what it may.
	return datagram.sourcePort === L2TP_PORT ? parseL2tp(datagram) : undefined;
}
