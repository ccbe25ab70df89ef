import type { Endpoint } from '../../../src/net/endpoint.js';
import { parseIpv4 } from '../../../src/net/ipv4-address.js';

/** A success with the address in the clear (RFC 3489), which needs no masking here. */
export function stunSuccess(
	request: Uint8Array,
	mapped: Endpoint,
	other: Endpoint | undefined,
): Uint8Array {
	const attribute = (type: number, { address, port }: Endpoint) =>
		Buffer.from([type >> 8, type & 0xff, 0, 8, 0, 1, port >> 8, port & 0xff, ...bytesOf(address)]);
	const body = Buffer.concat([
		attribute(0x0001, mapped),
		...(other === undefined ? [] : [attribute(0x802c, other)]),
	]);
	const head = Buffer.from(request.subarray(0, 20));
	head.writeUInt16BE(0x0101, 0);
	head.writeUInt16BE(body.length, 2);
	return Buffer.concat([head, body]);
}

function bytesOf(address: string): Uint8Array {
	return parseIpv4(address) ?? new Uint8Array(4);
}
