/** VXLAN (RFC 7348 §5): Ethernet in UDP. */
import { parseEthernet } from './ethernet.js';
import type { TunnelPayload } from './tunnel.js';
import type { UdpHeader } from './udp.js';

const HEADER_BYTES = 8;
/** The I flag, alone: other bits are reserved, or belong to protocols that only resemble it. */
const VALID_NETWORK = 0x08;

export function parseVxlan({ payload }: UdpHeader): TunnelPayload {
	if (payload.length < HEADER_BYTES) return undefined;
	if (payload[0] !== VALID_NETWORK || payload[7] !== 0) return undefined;
	return parseEthernet(payload.subarray(HEADER_BYTES));
}
