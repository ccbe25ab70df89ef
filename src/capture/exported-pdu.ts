/*
 * Wireshark's exported PDUs (LINKTYPE_WIRESHARK_UPPER_PDU, 252): tags that say which dissector reads the payload and
 * between which endpoints it went. Numbers are big-endian. Read from captures, written by `probe --save`.
 */
import { Cursor } from '../bytes/cursor.js';
import { u32At } from '../bytes/integers.js';
import type { Parsed } from '../bytes/malformed.js';
import { canonicalAddress } from '../net/address.js';
import type { Endpoint } from '../net/endpoint.js';
import { formatIpv4, parseIpv4 } from '../net/ipv4-address.js';
import { formatIpv6, parseIpv6 } from '../net/ipv6-address.js';

export interface ExportedPdu {
	/** Wireshark's name of the dissector: `sip`, `dns`, `data`; undefined where only a table is named. */
	readonly dissector: string | undefined;
	readonly transport: 'udp' | 'tcp' | undefined;
	/** Undefined without an IP address; port 0 without a port. */
	readonly src: Endpoint | undefined;
	readonly dst: Endpoint | undefined;
	readonly payload: Uint8Array;
}

const TAG = {
	end: 0,
	dissector: 12,
	ipv4Source: 20,
	ipv4Destination: 21,
	ipv6Source: 22,
	ipv6Destination: 23,
	portType: 24,
	sourcePort: 25,
	destinationPort: 26,
} as const;

/** Wireshark's port types (exported_pdu_tlvs). */
const PORT_TYPE = { tcp: 2, udp: 3 } as const;

const MAX_TAGS = 64;

/** Reads the tags of one frame; the payload is a view of it. */
export function decodeExportedPdu(bytes: Uint8Array): Parsed<ExportedPdu> {
	const cursor = new Cursor(bytes, 'exported-pdu', 'captured length');
	const tags = new Map<number, Uint8Array>();
	for (let count = 0; count < MAX_TAGS; count += 1) {
		const tag = cursor.u16();
		const value = cursor.take(cursor.u16());
		if (cursor.failed || tag === TAG.end) break;
		tags.set(tag, value);
	}
	const dissector = tags.get(TAG.dissector);
	return cursor.result({
		dissector: dissector === undefined ? undefined : textOf(dissector),
		transport: transportOf(u32Of(tags.get(TAG.portType))),
		src: endpointOf(tags.get(TAG.ipv4Source) ?? tags.get(TAG.ipv6Source), tags.get(TAG.sourcePort)),
		dst: endpointOf(
			tags.get(TAG.ipv4Destination) ?? tags.get(TAG.ipv6Destination),
			tags.get(TAG.destinationPort),
		),
		payload: cursor.rest(),
	});
}

function textOf(value: Uint8Array): string {
	const end = value.indexOf(0);
	return Buffer.from(end === -1 ? value : value.subarray(0, end)).toString('latin1');
}

/** 0 where the tag is missing or too short. */
function u32Of(value: Uint8Array | undefined): number {
	return value === undefined || value.length < 4 ? 0 : u32At(value, 0);
}

function transportOf(portType: number): 'udp' | 'tcp' | undefined {
	if (portType === PORT_TYPE.udp) return 'udp';
	return portType === PORT_TYPE.tcp ? 'tcp' : undefined;
}

function endpointOf(
	address: Uint8Array | undefined,
	port: Uint8Array | undefined,
): Endpoint | undefined {
	if (address?.length === 4) return { address: formatIpv4(address), port: u32Of(port) & 0xffff };
	if (address?.length === 16) return { address: formatIpv6(address), port: u32Of(port) & 0xffff };
	return undefined;
}

/** The bytes of a frame of link type 252. An endpoint whose address is a name is left out: a tag holds only addresses. */
export function encodeExportedPdu(pdu: ExportedPdu): Uint8Array {
	const parts: Buffer[] = [];
	if (pdu.dissector !== undefined) {
		parts.push(tag(TAG.dissector, Buffer.from(pdu.dissector, 'latin1')));
	}
	if (pdu.src !== undefined) parts.push(addressTag(pdu.src, TAG.ipv4Source, TAG.ipv6Source));
	if (pdu.dst !== undefined) {
		parts.push(addressTag(pdu.dst, TAG.ipv4Destination, TAG.ipv6Destination));
	}
	if (pdu.transport !== undefined) parts.push(tag(TAG.portType, u32(PORT_TYPE[pdu.transport])));
	if (pdu.src !== undefined) parts.push(tag(TAG.sourcePort, u32(pdu.src.port)));
	if (pdu.dst !== undefined) parts.push(tag(TAG.destinationPort, u32(pdu.dst.port)));
	parts.push(tag(TAG.end, Buffer.alloc(0)), Buffer.from(pdu.payload));
	return Buffer.concat(parts);
}

function addressTag({ address }: Endpoint, ipv4Tag: number, ipv6Tag: number): Buffer {
	const canonical = canonicalAddress(address);
	const ipv4 = parseIpv4(canonical);
	if (ipv4 !== undefined) return tag(ipv4Tag, Buffer.from(ipv4));
	const ipv6 = parseIpv6(canonical.replace(/%.*$/, ''));
	return ipv6 === undefined ? Buffer.alloc(0) : tag(ipv6Tag, Buffer.from(ipv6));
}

/** Wireshark pads values to four bytes and counts the padding. */
function tag(type: number, value: Buffer): Buffer {
	const padded = value.length + ((4 - (value.length % 4)) % 4);
	const bytes = Buffer.alloc(4 + padded);
	bytes.writeUInt16BE(type, 0);
	bytes.writeUInt16BE(padded, 2);
	value.copy(bytes, 4);
	return bytes;
}

function u32(value: number): Buffer {
	const bytes = Buffer.alloc(4);
	bytes.writeUInt32BE(value >>> 0, 0);
	return bytes;
}
