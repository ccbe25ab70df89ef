/* An endpoint as the key of a table, made of the bytes of a packet. */
import { u32At } from '../bytes/integers.js';

/** IPv4 address and port in one number; IPv6 as text. */
export type EndpointKey = number | string;

/** The key of an address of four or sixteen bytes, and a port. */
export function endpointKey(address: Uint8Array, port: number): EndpointKey {
	if (address.length === 4) return u32At(address, 0) * 0x1_0000 + port;
	const bytes = Buffer.from(address.buffer, address.byteOffset, address.length);
	return `${bytes.toString('latin1')}${port}`;
}
