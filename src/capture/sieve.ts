/*
 * The sieve: a look at a few bytes of a frame, before anything is allocated, that tells whether it can matter. Only a
 * whole UDP datagram in plain IP is ever left, and only where it is neither SIP nor of a protocol that something above
 * reads, nor what may be an answer to SIP; whatever is odd, cut, fragmented or not known here goes on to the decoder.
 */
import { u16At, u32At } from '../bytes/integers.js';
import { UDP_TUNNEL_PORT } from './udp-tunnel-ports.js';

/** True where the frame in `bytes[start, end)` is to be decoded. */
export type FrameFilter = (
	linkType: number,
	bytes: Uint8Array,
	start: number,
	end: number,
) => boolean;

/** UDP ports whose payload is read, or may hold packets: DNS, DHCP, Teredo, HEP, and the tunnels. */
const PORTS = [53, 67, 68, 3544, 9060, ...Object.values(UDP_TUNNEL_PORT)];

/** Ports that SIP is sent to in nearly every capture, though it may be in fragments that are not looked into here. */
const SIP_PORTS = [5060, 5061, 5080];

const OF_INTEREST = 1;
/** Something that may be SIP was sent there. */
const ASKED = 2;

/** By port, so that a packet costs two look-ups. */
const PORT_FLAGS = Uint8Array.from({ length: 65_536 }, (_, port) =>
	PORTS.includes(port) ? OF_INTEREST : SIP_PORTS.includes(port) ? ASKED : 0,
);

/** Shorter than any answer: what phones and servers send to keep a NAT open. */
const MAX_KEEP_ALIVE = 4;

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

const HEP3 = 0x4845_5033;

/**
 * The sieve of one capture: false only where nothing that sipdoctor reads can be in the frame. It notes which ports
 * were asked in SIP, as whatever comes from them may be the answer, and so wants the frames in their order.
 */
export function newSieve(): FrameFilter {
	const flags = Uint8Array.from(PORT_FLAGS);
	return (linkType, bytes, start, end) => {
		switch (linkType) {
			case 1:
				return ethernet(bytes, start + 12, end, flags);
			case 113:
				return ethernet(bytes, start + 14, end, flags);
			case 276:
				return tagged(bytes, u16At(bytes, start), start + 20, end, flags);
			case 0:
			case 108:
				return ip(bytes, start + 4, end, flags);
			case 12:
			case 14:
			case 101:
			case 228:
			case 229:
				return ip(bytes, start, end, flags);
			default:
				return true;
		}
	};
}

/** False for what no service answers SIP with: keep-alives, and RTP and RTCP, of version 2 (RFC 3550 §5.1, §6.4.1). */
export function mayBeAnswer(bytes: Uint8Array, start: number, end: number): boolean {
	return end - start > MAX_KEEP_ALIVE && ((bytes[start] ?? 0) & 0xc0) !== 0x80;
}

/** An EtherType at `at`, then its payload. */
function ethernet(bytes: Uint8Array, at: number, end: number, flags: Uint8Array): boolean {
	return at + 2 > end || tagged(bytes, u16At(bytes, at), at + 2, end, flags);
}

/** The payload of an EtherType, behind any VLAN tags. */
function tagged(
	bytes: Uint8Array,
	etherType: number,
	start: number,
	end: number,
	flags: Uint8Array,
): boolean {
	let type = etherType;
	let at = start;
	while (type === 0x8100 || type === 0x88a8) {
		if (at + 4 > end || at > start + 28) return true;
		type = u16At(bytes, at + 2);
		at += 4;
	}
	if (type === 0x0800) return ipv4(bytes, at, end, flags);
	return type === 0x86dd ? ipv6(bytes, at, end, flags) : true;
}

function ip(bytes: Uint8Array, at: number, end: number, flags: Uint8Array): boolean {
	if (at >= end) return true;
	const version = (bytes[at] ?? 0) >> 4;
	if (version === 4) return ipv4(bytes, at, end, flags);
	return version === 6 ? ipv6(bytes, at, end, flags) : true;
}

function ipv4(bytes: Uint8Array, at: number, end: number, flags: Uint8Array): boolean {
	if (end - at < 28) return true;
	const first = bytes[at] ?? 0;
	const headerBytes = (first & 0x0f) * 4;
	if (first >> 4 !== 4 || headerBytes < 20 || bytes[at + 9] !== 17) return true;
	const fragment = u16At(bytes, at + 6) & 0x3fff;
	const totalLength = u16At(bytes, at + 2);
	// More fragments, an offset, cut by the snaplen, or odd.
	if (fragment !== 0 || totalLength < headerBytes + 8 || totalLength > end - at) {
		return (fragment & 0x1fff) === 0 ? passed(bytes, at + headerBytes, end, flags) : true;
	}
	return udp(bytes, at + headerBytes, at + totalLength, flags);
}

function ipv6(bytes: Uint8Array, at: number, end: number, flags: Uint8Array): boolean {
	if (end - at < 48 || (bytes[at] ?? 0) >> 4 !== 6 || bytes[at + 6] !== 17) return true;
	const length = u16At(bytes, at + 4);
	if (length < 8 || length > end - at - 40) return passed(bytes, at + 40, end, flags);
	return udp(bytes, at + 40, at + 40 + length, flags);
}

function udp(bytes: Uint8Array, at: number, end: number, flags: Uint8Array): boolean {
	const length = u16At(bytes, at + 4);
	if (length < 8 || length > end - at) return passed(bytes, at, end, flags);
	const ports = (flags[u16At(bytes, at)] ?? 0) | (flags[u16At(bytes, at + 2)] ?? 0);
	if ((ports & OF_INTEREST) !== 0 || length <= MAX_PING_LENGTH) return true;
	if (mayBeSip(bytes, at + 8, at + length)) return passed(bytes, at, end, flags);
	if (isHep3(bytes, at + 8) || isStun(bytes, at + 8, at + length)) return true;
	return ports === ASKED && mayBeAnswer(bytes, at + 8, at + length);
}

/** Passes a datagram whose UDP header is at `at`, and which may be SIP: its destination is asked. */
function passed(bytes: Uint8Array, at: number, end: number, flags: Uint8Array): true {
	if (at + 4 > end) return true;
	const port = u16At(bytes, at + 2);
	flags[port] = (flags[port] ?? 0) | ASKED;
	return true;
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

/** `HEP3`: what it reports may be SIP. */
function isHep3(bytes: Uint8Array, at: number): boolean {
	return bytes[at] === 0x48 && u32At(bytes, at) === HEP3;
}

/** RFC 8489 §5: two zero bits, and the magic cookie at 4. */
function isStun(bytes: Uint8Array, at: number, end: number): boolean {
	return end - at >= 20 && (bytes[at] ?? 0) < 0x40 && u32At(bytes, at + 4) === STUN_COOKIE;
}
