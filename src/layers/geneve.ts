/** Geneve (RFC 8926 §3.4): Ethernet or IP in UDP, behind options. */
import { u16At } from '../bytes/integers.js';
import { parseEthernet } from './ethernet.js';
import { barePayload, ETHER_TYPE } from './link-payload.js';
import { TRANSPARENT_ETHERNET, type TunnelPayload } from './tunnel.js';
import type { UdpHeader } from './udp.js';

const HEADER_BYTES = 8;
const VERSION_BITS = 0xc0;
/** In units of four bytes. */
const OPTIONS_LENGTH = 0x3f;
const IP: ReadonlySet<number> = new Set([ETHER_TYPE.ipv4, ETHER_TYPE.ipv6]);

export function parseGeneve({ payload }: UdpHeader): TunnelPayload {
	const first = payload[0] ?? 0;
	// Version 0, and the last byte reserved.
	if (payload.length < HEADER_BYTES || (first & VERSION_BITS) !== 0 || payload[7] !== 0) {
		return undefined;
	}
	const protocol = u16At(payload, 2);
	const inner = payload.subarray(HEADER_BYTES + (first & OPTIONS_LENGTH) * 4);
	if (protocol === TRANSPARENT_ETHERNET) return parseEthernet(inner);
	return IP.has(protocol) ? { ok: true, value: barePayload(protocol, inner) } : undefined;
}
