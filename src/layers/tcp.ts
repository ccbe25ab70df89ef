/** TCP (RFC 9293 §3.1). */
import { u16At, u32At } from '../bytes/integers.js';
import { badField, type Parsed, tooShort } from '../bytes/malformed.js';

const MIN_HEADER_BYTES = 20;

/** Byte arrays are views of the frame. */
export interface TcpSegment {
	readonly sourcePort: number;
	readonly destinationPort: number;
	/** Sequence number of the SYN or else of the first byte of `payload`. */
	readonly sequence: number;
	readonly acknowledgment: number;
	readonly syn: boolean;
	readonly ack: boolean;
	readonly fin: boolean;
	readonly rst: boolean;
	readonly window: number;
	readonly payload: Uint8Array;
	/** Bytes of options that the snaplen cut off. */
	readonly headerMissing: number;
}

const FIN = 0x01;
const SYN = 0x02;
const RST = 0x04;
const ACK = 0x10;

/**
 * Reads a segment as far as it was captured; options are passed over, as nothing here depends on one. A header that the
 * snaplen cut behind its fixed part still tells ports, numbers and flags.
 */
export function parseTcp(bytes: Uint8Array, limitedBy: string): Parsed<TcpSegment> {
	if (bytes.length < MIN_HEADER_BYTES) {
		return tooShort('tcp', 0, MIN_HEADER_BYTES, bytes.length, limitedBy);
	}
	const headerBytes = ((bytes[12] ?? 0) >> 4) * 4;
	if (headerBytes < MIN_HEADER_BYTES) {
		return badField('tcp', 12, 'data offset', headerBytes, '20 or more');
	}
	const isCut = limitedBy === 'captured length';
	if (headerBytes > bytes.length && !isCut) {
		return tooShort('tcp', 0, headerBytes, bytes.length, limitedBy);
	}
	const flags = bytes[13] ?? 0;
	const value: TcpSegment = {
		sourcePort: u16At(bytes, 0),
		destinationPort: u16At(bytes, 2),
		sequence: u32At(bytes, 4),
		acknowledgment: u32At(bytes, 8),
		syn: (flags & SYN) !== 0,
		ack: (flags & ACK) !== 0,
		fin: (flags & FIN) !== 0,
		rst: (flags & RST) !== 0,
		window: u16At(bytes, 14),
		payload: bytes.subarray(Math.min(headerBytes, bytes.length)),
		headerMissing: Math.max(0, headerBytes - bytes.length),
	};
	return { ok: true, value };
}

/** Bytes from sequence number `from` to `to`, negative where `to` lies before: numbers wrap around (RFC 9293 §3.4). */
export function sequenceDistance(from: number, to: number): number {
	return (to - from) | 0;
}

/** The number `bytes` after `sequence`. */
export function sequenceAfter(sequence: number, bytes: number): number {
	return (sequence + bytes) >>> 0;
}
