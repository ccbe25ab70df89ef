/** PPP (RFC 1661, RFC 1662): which protocol a frame of it carries. */
import { type Parsed, tooShort } from '../bytes/malformed.js';
import { barePayload, ETHER_TYPE, type LinkPayload } from './link-payload.js';

/** The EtherTypes of the PPP protocols that we read (RFC 1332 §2, RFC 5072 §3, RFC 3032 §4.3). */
const ETHER_TYPES: ReadonlyMap<number, number> = new Map([
	[0x0021, ETHER_TYPE.ipv4],
	[0x0057, ETHER_TYPE.ipv6],
	[0x0281, ETHER_TYPE.mpls],
]);

/** Reads a frame that begins with its address and control field, or, where those are left out, with its protocol. */
export function parsePpp(bytes: Uint8Array): Parsed<LinkPayload> {
	// RFC 1662 §3.1: all stations, unnumbered information; RFC 1661 §6.6 lets both be left out.
	const start = bytes[0] === 0xff && bytes[1] === 0x03 ? 2 : 0;
	const first = bytes[start] ?? 0;
	// RFC 1661 §6.5: an odd first byte is a protocol number that was compressed to one.
	const protocolBytes = (first & 1) === 1 ? 1 : 2;
	const end = start + protocolBytes;
	if (bytes.length < end)
		return tooShort('ppp', start, protocolBytes, bytes.length - start, 'frame');
	const protocol = protocolBytes === 1 ? first : (first << 8) | (bytes[start + 1] ?? 0);
	return { ok: true, value: barePayload(ETHER_TYPES.get(protocol) ?? 0, bytes.subarray(end)) };
}
