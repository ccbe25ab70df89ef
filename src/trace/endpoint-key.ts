/* An endpoint as the key of a table, made of the bytes of a packet. */
import { u32At } from '../bytes/integers.js';

/** IPv4 address and port in one number; IPv6 as text. */
export type EndpointKey = number | string;

/** The key of an address of four or sixteen bytes at `at`, and a port. */
export function endpointKey(
	bytes: Uint8Array,
	at: number,
	addressBytes: number,
	port: number,
): EndpointKey {
	if (addressBytes === 4) return u32At(bytes, at) * 0x1_0000 + port;
	const address = Buffer.from(bytes.buffer, bytes.byteOffset + at, addressBytes);
	return `${address.toString('latin1')}${port}`;
}
