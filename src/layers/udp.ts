/** UDP (RFC 768) and its checksum over either IP version. */
import { u16At } from '../bytes/integers.js';
import { badField, type Parsed, tooShort } from '../bytes/malformed.js';
import { IP_PROTOCOL } from './ip-packet.js';

const HEADER_BYTES = 8;

export interface UdpHeader {
	readonly sourcePort: number;
	readonly destinationPort: number;
	readonly payload: Uint8Array;
	/** Header and payload as far as they are here; what the checksum covers. */
	readonly segment: Uint8Array;
	/** Bytes that the UDP length promises and the packet does not have. */
	readonly missing: number;
}

export function parseUdp(bytes: Uint8Array, limitedBy: string): Parsed<UdpHeader> {
	if (bytes.length < HEADER_BYTES) {
		return tooShort('udp', 0, HEADER_BYTES, bytes.length, limitedBy);
	}
	// RFC 2675 §4: 0 in a jumbogram.
	const length = u16At(bytes, 4) || bytes.length;
	if (length < HEADER_BYTES) return badField('udp', 4, 'length', length, '8 or more');
	const segment = bytes.subarray(0, Math.min(length, bytes.length));
	const value = {
		sourcePort: u16At(bytes, 0),
		destinationPort: u16At(bytes, 2),
		payload: segment.subarray(HEADER_BYTES),
		segment,
		missing: length - segment.length,
	};
	return { ok: true, value };
}

/** The state of a whole segment's checksum. `source` and `destination` are the bytes of the IP addresses. */
export function udpChecksumState(
	segment: Uint8Array,
	source: Uint8Array,
	destination: Uint8Array,
): 'good' | 'bad' | 'absent' {
	if (u16At(segment, 6) === 0) return 'absent';
	const pseudoHeader = sumOf(source) + sumOf(destination) + IP_PROTOCOL.udp + segment.length;
	let sum = pseudoHeader + sumOf(segment);
	while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
	return sum === 0xffff ? 'good' : 'bad';
}

function sumOf(bytes: Uint8Array): number {
	let even = 0;
	let odd = 0;
	const whole = bytes.length & ~1;
	for (let at = 0; at < whole; at += 2) {
		even += bytes[at] ?? 0;
		odd += bytes[at + 1] ?? 0;
	}
	if (whole < bytes.length) even += bytes[whole] ?? 0;
	return even * 0x100 + odd;
}
