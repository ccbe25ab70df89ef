/** The tunnels in UDP. Each is asked by its port, and says itself whether the datagram is one of its packets. */
import { parseGtp } from './gtp.js';
import type { TunnelPayload } from './tunnel.js';
import type { UdpHeader } from './udp.js';
import { parseVxlan } from './vxlan.js';

/** By destination port; `capture/sieve.ts` lets all of these pass. */
const READERS: ReadonlyMap<number, (datagram: UdpHeader) => TunnelPayload> = new Map([
	[4789, parseVxlan],
	// What Linux used before IANA gave VXLAN a number.
	[8472, parseVxlan],
	[2152, parseGtp],
]);

/** Undefined where the datagram is none: the port alone proves nothing. */
export function parseUdpTunnel(datagram: UdpHeader): TunnelPayload {
	return READERS.get(datagram.destinationPort)?.(datagram);
}
