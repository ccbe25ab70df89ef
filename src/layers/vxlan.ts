/** VXLAN (RFC 7348 §5): Ethernet in UDP; and its generic extension, which also carries IP. */
import { parseEthernet } from './ethernet.js';
import { barePayload, ETHER_TYPE } from './link-payload.js';
import type { TunnelPayload } from './tunnel.js';
import type { UdpHeader } from './udp.js';

const HEADER_BYTES = 8;
/** The I flag: the network's number is there. */
const HAS_NETWORK = 0x08;
/** The flag of a group policy (draft-smith-vxlan-group-policy), which changes nothing else. */
const HAS_GROUP = 0x80;
/** The P flag: the header says what it carries (draft-ietf-nvo3-vxlan-gpe §3.1). */
const HAS_PROTOCOL = 0x04;
/** §3.2 there. */
const PROTOCOL = { ipv4: 1, ipv6: 2, ethernet: 3 } as const;

export function parseVxlan({ payload }: UdpHeader): TunnelPayload {
	if (payload.length < HEADER_BYTES) return undefined;
	// The I flag, alone or with a group: other bits are reserved, or belong to protocols that only resemble it.
	if (((payload[0] ?? 0) & ~HAS_GROUP) !== HAS_NETWORK || payload[7] !== 0) return undefined;
	return parseEthernet(payload.subarray(HEADER_BYTES));
}

/** On a port of its own. */
export function parseVxlanGpe({ payload }: UdpHeader): TunnelPayload {
	if (payload.length < HEADER_BYTES || payload[7] !== 0) return undefined;
	if (payload[0] !== (HAS_NETWORK | HAS_PROTOCOL)) return undefined;
	const inner = payload.subarray(HEADER_BYTES);
	switch (payload[3] ?? 0) {
		case PROTOCOL.ethernet:
			return parseEthernet(inner);
		case PROTOCOL.ipv4:
			return { ok: true, value: barePayload(ETHER_TYPE.ipv4, inner) };
		case PROTOCOL.ipv6:
			return { ok: true, value: barePayload(ETHER_TYPE.ipv6, inner) };
		default:
			return undefined;
	}
}
