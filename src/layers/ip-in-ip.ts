/**
 * IPv4 or IPv6 right in an IP packet: IP-in-IP (RFC 2003), IPv6 in IPv4 (RFC 4213), either in IPv6 (RFC 2473); Ethernet
 * (RFC 3378) and MPLS (RFC 4023) there as well.
 */
import { parseEthernet } from './ethernet.js';
import { IP_PROTOCOL } from './ip-packet.js';
import { barePayload, ETHER_TYPE } from './link-payload.js';
import { parseMpls } from './mpls.js';
import type { TunnelPayload } from './tunnel.js';

const ETHERNET_IN_IP = 97;
const MPLS_IN_IP = 137;
/** RFC 3378 §3: version 3 and reserved bits, all zero. */
const ETHER_IP_BYTES = 2;
const ETHER_IP_VERSION = 0x30;

/** Undefined for any other protocol number. */
export function parseIpInIp(protocol: number, bytes: Uint8Array): TunnelPayload {
	switch (protocol) {
		case IP_PROTOCOL.ipv4:
			return { ok: true, value: barePayload(ETHER_TYPE.ipv4, bytes) };
		case IP_PROTOCOL.ipv6:
			return { ok: true, value: barePayload(ETHER_TYPE.ipv6, bytes) };
		case ETHERNET_IN_IP:
			return bytes[0] === ETHER_IP_VERSION
				? parseEthernet(bytes.subarray(ETHER_IP_BYTES))
				: undefined;
		case MPLS_IN_IP:
			return parseMpls(bytes);
		default:
			return undefined;
	}
}
