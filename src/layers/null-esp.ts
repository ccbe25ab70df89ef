/*
 * ESP without encryption (RFC 4303 §2, RFC 2410): what IMS phones and their laboratories send where only the origin of a
 * message is protected. Nothing in a packet says so, nor how long its check value is: its end has to tell.
 */
import { u16At } from '../bytes/integers.js';
import { IP_PROTOCOL } from './ip-packet.js';

/** SPI and sequence number. */
const HEADER_BYTES = 8;
/** Length of the padding, and the protocol; then comes the check value. */
const TRAILER_BYTES = 2;
/** HMAC-MD5, HMAC-SHA-1 and AES-XCBC of 96 bits, and the HMACs of SHA-2 (RFC 4868 §2.3). */
const CHECK_VALUE_BYTES = [12, 16, 24, 32] as const;
/** More than alignment asks for hides lengths (RFC 4303 §2.7), which nobody does who does not encrypt. */
const MAX_PADDING = 15;
const MIN_TCP_BYTES = 20;

/** What an ESP packet carries. */
export interface PlainEsp {
	readonly protocol: number;
	readonly payload: Uint8Array;
}

/** `bytes` are a whole ESP packet; undefined for one that is encrypted, or carries anything but UDP, TCP and IP. */
export function readNullEsp(bytes: Uint8Array): PlainEsp | undefined {
	for (const checkValue of CHECK_VALUE_BYTES) {
		const end = bytes.length - checkValue - TRAILER_BYTES;
		const padding = bytes[end] ?? 0;
		const protocol = bytes[end + 1] ?? 0;
		if (end - padding < HEADER_BYTES || !isPadding(bytes, end, padding)) continue;
		const payload = bytes.subarray(HEADER_BYTES, end - padding);
		if (isWhole(protocol, payload)) return { protocol, payload };
	}
	return undefined;
}

/** RFC 4303 §2.4: 1, 2, 3 and so on. */
function isPadding(bytes: Uint8Array, end: number, length: number): boolean {
	if (length > MAX_PADDING) return false;
	for (let nth = 1; nth <= length; nth += 1) {
		if (bytes[end - length + nth - 1] !== nth) return false;
	}
	return true;
}

/** True for a packet of just this length: of encrypted ones hardly any looks like that. */
function isWhole(protocol: number, payload: Uint8Array): boolean {
	const { length } = payload;
	switch (protocol) {
		case IP_PROTOCOL.udp:
			return length >= 8 && u16At(payload, 4) === length;
		case IP_PROTOCOL.tcp:
			return length >= MIN_TCP_BYTES && isTcp(payload);
		case IP_PROTOCOL.ipv4:
			return length >= 20 && (payload[0] ?? 0) >> 4 === 4 && u16At(payload, 2) === length;
		case IP_PROTOCOL.ipv6:
			return length >= 40 && (payload[0] ?? 0) >> 4 === 6 && u16At(payload, 4) === length - 40;
		default:
			return false;
	}
}

/** RFC 9293 §3.1: the length of the header, reserved bits, and a pointer to urgent data only where there is some. */
function isTcp(segment: Uint8Array): boolean {
	const headerBytes = ((segment[12] ?? 0) >> 4) * 4;
	const isReservedZero = ((segment[12] ?? 0) & 0x0f) === 0;
	const isUrgent = ((segment[13] ?? 0) & 0x20) !== 0;
	return (
		isReservedZero &&
		headerBytes >= MIN_TCP_BYTES &&
		headerBytes <= segment.length &&
		(isUrgent || u16At(segment, 18) === 0)
	);
}
