/** Frames built from values, layer by layer, for the tests of the wire. */
import { udpChecksumState } from '../../src/layers/udp.js';
import { parseIpv4 } from '../../src/net/ipv4-address.js';
import { parseIpv6 } from '../../src/net/ipv6-address.js';

export const PHONE = '192.0.2.10';
export const SERVER = '198.51.100.5';
export const PHONE6 = '2001:db8::10';
export const SERVER6 = '2001:db8:ffff::5';

export function bytesOf(...parts: (number | readonly number[] | Uint8Array | string)[]): Buffer {
	return Buffer.concat(
		parts.map((part) => {
			if (typeof part === 'number') return Buffer.from([part]);
			if (typeof part === 'string') return Buffer.from(part, 'latin1');
			return Buffer.from(part);
		}),
	);
}

function be16(value: number): Buffer {
	const bytes = Buffer.alloc(2);
	bytes.writeUInt16BE(value);
	return bytes;
}

export function addressBytes(address: string): Uint8Array {
	return parseIpv4(address) ?? parseIpv6(address) ?? new Uint8Array(4);
}

export function ethernet(
	payload: Uint8Array,
	{ etherType = 0x0800, tags = [] }: { etherType?: number; tags?: readonly number[] } = {},
): Buffer {
	const vlans = tags.flatMap((id) => [be16(0x8100), be16(id)]);
	return bytesOf(
		[0x00, 0x00, 0x5e, 0x00, 0x53, 0x02],
		[0x00, 0x00, 0x5e, 0x00, 0x53, 0x01],
		...vlans,
		be16(etherType),
		payload,
	);
}

export interface Ipv4Fields {
	readonly source?: string;
	readonly destination?: string;
	readonly protocol?: number;
	readonly id?: number;
	readonly ttl?: number;
	/** In bytes. */
	readonly offset?: number;
	readonly more?: boolean;
	readonly options?: Uint8Array;
	readonly totalLength?: number;
}

export function ipv4(payload: Uint8Array, fields: Ipv4Fields = {}): Buffer {
	const options = fields.options ?? new Uint8Array(0);
	const headerBytes = 20 + options.length;
	return bytesOf(
		0x40 | (headerBytes / 4),
		0,
		be16(fields.totalLength ?? headerBytes + payload.length),
		be16(fields.id ?? 0x1234),
		be16((fields.more === true ? 0x2000 : 0) | ((fields.offset ?? 0) / 8)),
		fields.ttl ?? 64,
		fields.protocol ?? 17,
		be16(0),
		addressBytes(fields.source ?? PHONE),
		addressBytes(fields.destination ?? SERVER),
		options,
		payload,
	);
}

export function ipv6(
	payload: Uint8Array,
	fields: { source?: string; destination?: string; nextHeader?: number; hopLimit?: number } = {},
): Buffer {
	return bytesOf(
		[0x60, 0, 0, 0],
		be16(payload.length),
		fields.nextHeader ?? 17,
		fields.hopLimit ?? 64,
		addressBytes(fields.source ?? PHONE6),
		addressBytes(fields.destination ?? SERVER6),
		payload,
	);
}

/** A UDP segment with a right checksum for the given addresses. */
export function udp(
	payload: Uint8Array | string,
	{
		sourcePort = 5060,
		destinationPort = 5060,
		source = PHONE,
		destination = SERVER,
		length = payload.length + 8,
	} = {},
): Buffer {
	const segment = bytesOf(be16(sourcePort), be16(destinationPort), be16(length), be16(0), payload);
	const pseudo = bytesOf(
		addressBytes(source),
		addressBytes(destination),
		be16(17),
		be16(segment.length),
		segment,
	);
	let sum = 0;
	for (let at = 0; at < pseudo.length; at += 2) {
		sum += ((pseudo[at] ?? 0) << 8) | (pseudo[at + 1] ?? 0);
	}
	while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
	segment.writeUInt16BE(~sum & 0xffff || 0xffff, 6);
	return segment;
}

/** Guards the builder above: what it calls right, the reader calls good. */
export function checksumOf(segment: Uint8Array): string {
	return udpChecksumState(segment, addressBytes(PHONE), addressBytes(SERVER));
}

export const REGISTER = [
	'REGISTER sip:example.com SIP/2.0',
	`Via: SIP/2.0/UDP ${PHONE}:5060;branch=z9hG4bK1;rport`,
	'From: <sip:1001@example.com>;tag=1',
	'To: <sip:1001@example.com>',
	`Call-ID: 1@${PHONE}`,
	'CSeq: 1 REGISTER',
	`Contact: <sip:1001@${PHONE}:5060>`,
	'Max-Forwards: 70',
	'Expires: 300',
	'Content-Length: 0',
	'',
	'',
].join('\r\n');

export const TRYING = [
	'SIP/2.0 100 Trying',
	`Via: SIP/2.0/UDP ${PHONE}:5060;branch=z9hG4bK1;rport=5060`,
	'From: <sip:1001@example.com>;tag=1',
	'To: <sip:1001@example.com>',
	`Call-ID: 1@${PHONE}`,
	'CSeq: 1 REGISTER',
	'Content-Length: 0',
	'',
	'',
].join('\r\n');

/** An Ethernet frame with a REGISTER in UDP over IPv4. */
export function registerFrame(): Buffer {
	return ethernet(ipv4(udp(REGISTER)));
}
