/** VXLAN (RFC 7348 §5): Ethernet in UDP. */
import { parseEthernet } from './ethernet.js';
import type { TunnelPayload } from './tunnel.js';
import type { UdpHeader } from './udp.js';

/** IANA's, and the one that Linux used before there was one. */
const PORTS: ReadonlySet<number> = new Set([4789, 8472]);
const HEADER_BYTES = 8;
/** The I flag, alone: other bits are reserved, or belong to protocols that only resemble it. */
const VALID_NETWORK = 0x08;

/** Undefined where the datagram is none: the port alone proves nothing. */
export function parseVxlan({ destinationPort, payload }: UdpHeader): TunnelPayload {
	if (!PORTS.has(destinationPort) || payload.length < HEADER_BYTES) return undefined;
	if (payload[0] !== VALID_NETWORK || payload[7] !== 0) return undefined;
	return parseEthernet(payload.subarray(HEADER_BYTES));
}
