/*
 * The packet that an ICMP error quotes. RFC 792 promises 64 bits behind its header, so it is read laxly: its lengths
 * speak of the packet that was sent, not of what is here.
 */
import { u16At } from '../bytes/integers.js';
import { badField, type Parsed, tooShort } from '../bytes/malformed.js';
import { IP_PROTOCOL, type IpPacket } from './ip-packet.js';
import { parseIpv4Packet } from './ipv4.js';
import { parseIpv6Packet } from './ipv6.js';

/** Views of the frame. */
export interface QuotedPacket {
	readonly version: 4 | 6;
	readonly source: Uint8Array;
	readonly destination: Uint8Array;
	/** Undefined for what has no ports, and for a fragment that is not the first. */
	readonly transport: 'udp' | 'tcp' | undefined;
	readonly sourcePort: number;
	readonly destinationPort: number;
	/** The quoted start of the transport's payload. */
	readonly payload: Uint8Array;
}

const NOTHING = new Uint8Array(0);
const LIMITED_BY = 'ICMP quotation';

export function parseQuotedPacket(bytes: Uint8Array): Parsed<QuotedPacket> {
	const ip = parseIp(bytes);
	if (!ip.ok) return ip;
	const { version, source, destination, protocol, payload, fragment } = ip.value;
	const transport = transportOf(protocol);
	if (transport === undefined || (fragment?.offset ?? 0) > 0) {
		const none = { transport: undefined, sourcePort: 0, destinationPort: 0, payload: NOTHING };
		return { ok: true, value: { version, source, destination, ...none } };
	}
	if (payload.length < 4) return tooShort(transport, 0, 4, payload.length, LIMITED_BY);
	const headerBytes = transport === 'udp' ? 8 : Math.max(20, ((payload[12] ?? 0) >> 4) * 4);
	const value: QuotedPacket = {
		version,
		source,
		destination,
		transport,
		sourcePort: u16At(payload, 0),
		destinationPort: u16At(payload, 2),
		payload: payload.subarray(Math.min(headerBytes, payload.length)),
	};
	return { ok: true, value };
}

function parseIp(bytes: Uint8Array): Parsed<IpPacket> {
	const version = (bytes[0] ?? 0) >> 4;
	if (bytes.length < 1) return tooShort('icmp-quotation', 0, 1, 0, LIMITED_BY);
	if (version === 4) return parseIpv4Packet(bytes, LIMITED_BY);
	if (version === 6) return parseIpv6Packet(bytes, LIMITED_BY);
	return badField('icmp-quotation', 0, 'version', version, '4 or 6');
}

function transportOf(protocol: number): 'udp' | 'tcp' | undefined {
	if (protocol === IP_PROTOCOL.udp) return 'udp';
	return protocol === IP_PROTOCOL.tcp ? 'tcp' : undefined;
}
