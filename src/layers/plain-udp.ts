/*
 * Where a whole UDP datagram in plain IP lies in a frame, for those who look at a frame before anything is made of it.
 * What is odd, cut, fragmented, tunnelled or not known here is not plain, and for the decoder alone.
 */
import { u16At } from '../bytes/integers.js';

const UDP = 17;
const UDP_HEADER_BYTES = 8;
const IPV4_HEADER_BYTES = 20;
const IPV6_HEADER_BYTES = 40;

/** Offsets in the bytes that were looked at last; one is made and used again. */
export class PlainUdp {
	/** Of the source address; the destination's follows it. */
	addresses = 0;
	/** 4 or 16. */
	addressBytes = 4;
	/** Of the source port; the destination's follows it. */
	ports = 0;
	payload = 0;
	/** Behind the payload. */
	end = 0;

	/** True where the frame in `bytes[start, end)` is one, and then the offsets are its own. */
	locate(linkType: number, bytes: Uint8Array, start: number, end: number): boolean {
		switch (linkType) {
			case 1:
				return this.#tagged(bytes, start + 12, start + 14, end);
			case 113:
				return this.#tagged(bytes, start + 14, start + 16, end);
			case 276:
				return this.#tagged(bytes, start, start + 20, end);
			case 12:
			case 14:
			case 101:
			case 228:
			case 229:
				return this.#ip(bytes, start, end);
			default:
				return false;
		}
	}

	/** An EtherType at `type` and its payload at `at`, behind one VLAN tag or none. */
	#tagged(bytes: Uint8Array, type: number, at: number, end: number): boolean {
		if (at + 4 > end) return false;
		const etherType = u16At(bytes, type);
		if (etherType !== 0x8100) return isIp(etherType) && this.#ip(bytes, at, end);
		return isIp(u16At(bytes, at + 2)) && this.#ip(bytes, at + 4, end);
	}

	#ip(bytes: Uint8Array, at: number, end: number): boolean {
		const first = bytes[at] ?? 0;
		if (first === 0x45) return this.#ipv4(bytes, at, end);
		return first >> 4 === 6 && this.#ipv6(bytes, at, end);
	}

	#ipv4(bytes: Uint8Array, at: number, end: number): boolean {
		if (end - at < IPV4_HEADER_BYTES + UDP_HEADER_BYTES || bytes[at + 9] !== UDP) return false;
		const totalLength = u16At(bytes, at + 2);
		if (totalLength > end - at || (u16At(bytes, at + 6) & 0x3fff) !== 0) return false;
		this.addresses = at + 12;
		this.addressBytes = 4;
		return this.#udp(bytes, at + IPV4_HEADER_BYTES, at + totalLength);
	}

	#ipv6(bytes: Uint8Array, at: number, end: number): boolean {
		if (end - at < IPV6_HEADER_BYTES + UDP_HEADER_BYTES || bytes[at + 6] !== UDP) return false;
		const length = u16At(bytes, at + 4);
		if (length > end - at - IPV6_HEADER_BYTES) return false;
		this.addresses = at + 8;
		this.addressBytes = 16;
		return this.#udp(bytes, at + IPV6_HEADER_BYTES, at + IPV6_HEADER_BYTES + length);
	}

	#udp(bytes: Uint8Array, at: number, end: number): boolean {
		const length = u16At(bytes, at + 4);
		if (length < UDP_HEADER_BYTES || length !== end - at) return false;
		this.ports = at;
		this.payload = at + UDP_HEADER_BYTES;
		this.end = end;
		return true;
	}
}

function isIp(etherType: number): boolean {
	return etherType === 0x0800 || etherType === 0x86dd;
}
