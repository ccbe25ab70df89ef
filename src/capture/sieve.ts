/*
 * The sieve: a look at a few bytes of a frame, before anything is allocated, that tells whether it can matter. Only a
 * whole UDP datagram in plain IP is ever left, and only where it is neither SIP nor of a protocol that something above
 * reads; whatever is odd, cut, fragmented or not known here goes on to the decoder.
 */
import { u16At, u32At } from '../bytes/integers.js';

/** True where the frame in `bytes[start, end)` is to be decoded. */
export type FrameFilter = (
	linkType: number,
	bytes: Uint8Array,
	start: number,
	end: number,
) => boolean;

/**
 * UDP ports whose payload is read, or may hold packets: DNS, DHCP, VXLAN (IANA's number and Linux's), Geneve, GTP-U,
 * L2TP, Teredo, GRE in UDP, TZSP, HEP.
 */
const PORTS = [53, 67, 68, 4789, 8472, 6081, 2152, 1701, 3544, 4754, 37_008, 9060];

/** By port, so that a packet costs two look-ups. */
const IS_PORT_OF_INTEREST = Uint8Array.from({ length: 65_536 }, (_, port) =>
	PORTS.includes(port) ? 1 : 0,
);

const TOKEN = 1;
const BLANK = 2;
const SLASH = 3;

/** What a byte may be in the first word of a start-line (RFC 3261 §25.1). */
const START_LINE_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => {
	if (byte === 0x20 || byte === 0x09) return BLANK;
	if (byte === 0x2f) return SLASH;
	return /[A-Za-z0-9\-.!%*_+`'~]/.test(String.fromCharCode(byte)) ? TOKEN : 0;
});

/** No method is longer than start-line.ts reads. */
const MAX_FIRST_WORD = 129;
/** As many as start-line.ts skips. */
const MAX_LEADING_CRLF = 64;

/** A UDP header and the four bytes of a keep-alive. */
const MAX_PING_LENGTH = 12;

const STUN_COOKIE = 0x2112_a442;

/** False only where nothing that sipdoctor reads can be in the frame. */
export const canMatter: FrameFilter = (linkType, bytes, start, end) => {
	switch (linkType) {
		case 1:
			return ethernet(bytes, start + 12, end);
		case 113:
			return ethernet(bytes, start + 14, end);
		case 276:
			return tagged(bytes, u16At(bytes, start), start + 20, end);
		case 0:
		case 108:
			return ip(bytes, start + 4, end);
		case 12:
		case 14:
		case 101:
		case 228:
		case 229:
			return ip(bytes, start, end);
		default:
			return true;
	}
};

/** An EtherType at `at`, then its payload. */
function ethernet(bytes: Uint8Array, at: number, end: number): boolean {
	return at + 2 > end || tagged(bytes, u16At(bytes, at), at + 2, end);
}

/** The payload of an EtherType, behind any VLAN tags. */
function tagged(bytes: Uint8Array, etherType: number, start: number, end: number): boolean {
	let type = etherType;
	let at = start;
	while (type === 0x8100 || type === 0x88a8) {
		if (at + 4 > end || at > start + 28) return true;
		type = u16At(bytes, at + 2);
		at += 4;
	}
	if (type === 0x0800) return ipv4(bytes, at, end);
	return type === 0x86dd ? ipv6(bytes, at, end) : true;
}

function ip(bytes: Uint8Array, at: number, end: number): boolean {
	if (at >= end) return true;
	const version = (bytes[at] ?? 0) >> 4;
	if (version === 4) return ipv4(bytes, at, end);
	return version === 6 ? ipv6(bytes, at, end) : true;
}

function ipv4(bytes: Uint8Array, at: number, end: number): boolean {
	if (end - at < 28) return true;
	const first = bytes[at] ?? 0;
	const headerBytes = (first & 0x0f) * 4;
	if (first >> 4 !== 4 || headerBytes < 20 || bytes[at + 9] !== 17) return true;
	// More fragments, or an offset.
	if ((u16At(bytes, at + 6) & 0x3fff) !== 0) return true;
	const totalLength = u16At(bytes, at + 2);
	if (totalLength < headerBytes + 8 || totalLength > end - at) return true;
	return udp(bytes, at + headerBytes, at + totalLength);
}

function ipv6(bytes: Uint8Array, at: number, end: number): boolean {
	if (end - at < 48 || (bytes[at] ?? 0) >> 4 !== 6 || bytes[at + 6] !== 17) return true;
	const length = u16At(bytes, at + 4);
	if (length < 8 || length > end - at - 40) return true;
	return udp(bytes, at + 40, at + 40 + length);
}

function udp(bytes: Uint8Array, at: number, end: number): boolean {
	const length = u16At(bytes, at + 4);
	if (length < 8 || length > end - at) return true;
	if (IS_PORT_OF_INTEREST[u16At(bytes, at)] === 1) return true;
	if (IS_PORT_OF_INTEREST[u16At(bytes, at + 2)] === 1) return true;
	if (length <= MAX_PING_LENGTH) return true;
	return mayBeSip(bytes, at + 8, at + length) || isStun(bytes, at + 8, at + length);
}

/** What is no SIP start-line may pass; a SIP start-line always does. */
function mayBeSip(bytes: Uint8Array, start: number, end: number): boolean {
	let at = start;
	const crlfEnd = Math.min(end, start + MAX_LEADING_CRLF);
	while (at < crlfEnd && (bytes[at] === 0x0d || bytes[at] === 0x0a)) at += 1;
	const limit = Math.min(end, at + MAX_FIRST_WORD);
	while (at < limit) {
		const kind = START_LINE_BYTES[bytes[at] ?? 0];
		if (kind !== TOKEN) return kind === BLANK || kind === SLASH;
		at += 1;
	}
	return false;
}

/** RFC 8489 §5: two zero bits, and the magic cookie at 4. */
function isStun(bytes: Uint8Array, at: number, end: number): boolean {
	return end - at >= 20 && (bytes[at] ?? 0) < 0x40 && u32At(bytes, at + 4) === STUN_COOKIE;
}
