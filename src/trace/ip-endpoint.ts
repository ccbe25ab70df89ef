import type { Endpoint } from '../net/endpoint.js';
import { formatIpv4 } from '../net/ipv4-address.js';
import { formatIpv6 } from '../net/ipv6-address.js';

/** The text of an address from a packet's four or sixteen bytes. */
export function ipAddressText(bytes: Uint8Array): string {
	return bytes.length === 4 ? formatIpv4(bytes) : formatIpv6(bytes);
}

export function ipEndpoint(address: Uint8Array, port: number): Endpoint {
	return { address: ipAddressText(address), port };
}
