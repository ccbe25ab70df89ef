/** IPv4 or IPv6 right in an IP packet: IP-in-IP (RFC 2003), IPv6 in IPv4 (RFC 4213), either in IPv6 (RFC 2473). */
import { barePayload, ETHER_TYPE } from './link-payload.js';
import type { TunnelPayload } from './tunnel.js';

const IPV4_IN_IP = 4;
const IPV6_IN_IP = 41;

/** Undefined for any other protocol number. */
export function parseIpInIp(protocol: number, bytes: Uint8Array): TunnelPayload {
	switch (protocol) {
		case IPV4_IN_IP:
			return { ok: true, value: barePayload(ETHER_TYPE.ipv4, bytes) };
		case IPV6_IN_IP:
			return { ok: true, value: barePayload(ETHER_TYPE.ipv6, bytes) };
		default:
			return undefined;
	}
}
