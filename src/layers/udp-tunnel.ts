/** The tunnels in UDP. Each is asked by its port, and says itself whether the datagram is one of its packets. */
import { UDP_TUNNEL_PORT } from '../capture/udp-tunnel-ports.js';
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

const READERS: Readonly<Record<keyof typeof UDP_TUNNEL_PORT, Reader>> = {
	vxlan: parseVxlan,
	vxlanOfLinux: parseVxlan,
	vxlanGpe: parseVxlanGpe,
	geneve: parseGeneve,
	gtp: parseGtp,
	l2tp: parseL2tp,
	tzsp: parseTzsp,
	capwapData: parseCapwap,
	greInUdp: ({ payload }) => parseGre(payload, 'udp length'),
};

/** By the port that the packets go to. */
const BY_PORT: ReadonlyMap<number, Reader> = new Map(
	Object.entries(READERS).map(([name, reader]) => [
		UDP_TUNNEL_PORT[name as keyof typeof READERS],
		reader,
	]),
);

/** Undefined where the datagram is none: the port alone proves nothing. */
export function parseUdpTunnel(datagram: UdpHeader): TunnelPayload {
	const reader = BY_PORT.get(datagram.destinationPort);
	if (reader !== undefined) return reader(datagram);
	// Of these two one end has a port of its own choice (RFC 2661 §8.1, RFC 5415 §3.1).
	if (datagram.sourcePort === UDP_TUNNEL_PORT.l2tp) return parseL2tp(datagram);
	return datagram.sourcePort === UDP_TUNNEL_PORT.capwapData ? parseCapwap(datagram) : undefined;
}
