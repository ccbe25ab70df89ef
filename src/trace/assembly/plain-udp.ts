/*
 * Where a whole UDP datagram in plain IP lies in a frame. What is odd, cut, fragmented, tunnelled or not known here is
 * not plain, and for the decoder alone.
 */

const UDP: i32 = 17;
const UDP_HEADER_BYTES: i32 = 8;
const IPV4_HEADER_BYTES: i32 = 20;
const IPV6_HEADER_BYTES: i32 = 40;

/** Of the datagram that was located last. The source address; the destination's follows it. */
export let addresses: i32 = 0;
/** 4 or 16. */
export let addressBytes: i32 = 0;
/** The source port; the destination's follows it. */
export let ports: i32 = 0;
export let payload: i32 = 0;
/** Behind the payload. */
export let payloadEnd: i32 = 0;

/** True where the frame from `start` to `end` is one, and then the addresses above are its own. */
export function locate(linkType: i32, start: i32, end: i32): bool {
	switch (linkType) {
		case 1:
			return tagged(start + 12, start + 14, end);
		case 113:
			return tagged(start + 14, start + 16, end);
		case 276:
			return tagged(start, start + 20, end);
		case 12:
		case 14:
		case 101:
		case 228:
		case 229:
			return ip(start, end);
		default:
			return false;
	}
}

/** An EtherType at `type` and its payload at `at`, behind one VLAN tag or none. */
function tagged(type: i32, at: i32, end: i32): bool {
	if (at + 4 > end) return false;
	const etherType = u16At(type);
	if (etherType !== 0x8100) return isIp(etherType) && ip(at, end);
	return isIp(u16At(at + 2)) && ip(at + 4, end);
}

function isIp(etherType: i32): bool {
	return etherType === 0x0800 || etherType === 0x86dd;
}

function ip(at: i32, end: i32): bool {
	if (at >= end) return false;
	const first = u8At(at);
	if (first === 0x45) return ipv4(at, end);
	return first >> 4 === 6 && ipv6(at, end);
}

function ipv4(at: i32, end: i32): bool {
	if (end - at < IPV4_HEADER_BYTES + UDP_HEADER_BYTES || u8At(at + 9) !== UDP) return false;
	const totalLength = u16At(at + 2);
	if (totalLength > end - at || (u16At(at + 6) & 0x3fff) !== 0) return false;
	addresses = at + 12;
	addressBytes = 4;
	return udp(at + IPV4_HEADER_BYTES, at + totalLength);
}

function ipv6(at: i32, end: i32): bool {
	if (end - at < IPV6_HEADER_BYTES + UDP_HEADER_BYTES || u8At(at + 6) !== UDP) return false;
	const length = u16At(at + 4);
	if (length > end - at - IPV6_HEADER_BYTES) return false;
	addresses = at + 8;
	addressBytes = 16;
	return udp(at + IPV6_HEADER_BYTES, at + IPV6_HEADER_BYTES + length);
}

function udp(at: i32, end: i32): bool {
	const length = u16At(at + 4);
	if (length < UDP_HEADER_BYTES || length !== end - at) return false;
	ports = at;
	payload = at + UDP_HEADER_BYTES;
	payloadEnd = end;
	return true;
}

function u8At(at: i32): i32 {
	return load<u8>(at) as i32;
}

/** In network byte order. */
function u16At(at: i32): i32 {
	return bswap<u16>(load<u16>(at)) as i32;
}
