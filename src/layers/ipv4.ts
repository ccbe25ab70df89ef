/** IPv4 (RFC 791). The header checksum is not looked at: a capturing host that sends leaves it to its card. */
import { u16At } from '../bytes/integers.js';
import { badField, type Parsed, tooShort } from '../bytes/malformed.js';
import type { IpPacket } from './ip-packet.js';

const MIN_HEADER_BYTES = 20;

export function parseIpv4Packet(bytes: Uint8Array, limitedBy: string): Parsed<IpPacket> {
	if (bytes.length < MIN_HEADER_BYTES) {
		return tooShort('ipv4', 0, MIN_HEADER_BYTES, bytes.length, limitedBy);
	}
	const first = bytes[0] ?? 0;
	if (first >> 4 !== 4) return badField('ipv4', 0, 'version', first >> 4, '4');
	const headerBytes = (first & 0x0f) * 4;
	if (headerBytes < MIN_HEADER_BYTES) {
		return badField('ipv4', 0, 'header length', headerBytes, '20 or more');
	}
	if (bytes.length < headerBytes) {
		return tooShort('ipv4', 0, headerBytes, bytes.length, limitedBy);
	}
	// 0 where the card cuts a large send into packets after the capture saw it (TSO).
	const totalLength = u16At(bytes, 2) || bytes.length;
	if (totalLength < headerBytes) {
		return badField('ipv4', 2, 'total length', totalLength, `${headerBytes} or more`);
	}
	const flags = u16At(bytes, 6);
	const offset = (flags & 0x1fff) * 8;
	const more = (flags & 0x2000) !== 0;
	const value: IpPacket = {
		version: 4,
		source: bytes.subarray(12, 16),
		destination: bytes.subarray(16, 20),
		ttl: bytes[8] ?? 0,
		id: u16At(bytes, 4),
		protocol: bytes[9] ?? 0,
		payload: bytes.subarray(headerBytes, Math.min(totalLength, bytes.length)),
		missing: Math.max(0, totalLength - bytes.length),
		fragment: offset > 0 || more ? { offset, more } : undefined,
	};
	return { ok: true, value };
}
