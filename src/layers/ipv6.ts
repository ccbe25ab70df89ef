/** IPv6 and its extension headers (RFC 8200 §4). */
import { u16At, u32At } from '../bytes/integers.js';
import { badField, type Parsed, tooShort } from '../bytes/malformed.js';
import type { IpPacket } from './ip-packet.js';

const HEADER_BYTES = 40;
const FRAGMENT = 44;
const AUTHENTICATION = 51;
/** Hop-by-hop, routing, destination options, mobility, HIP, shim6: one length rule for all (RFC 6564). */
const EXTENSIONS: ReadonlySet<number> = new Set([0, 43, 60, 135, 139, 140]);

/** More than any stack sends; a packet with more is an attack or noise. */
const MAX_EXTENSIONS = 16;

export function parseIpv6Packet(bytes: Uint8Array, limitedBy: string): Parsed<IpPacket> {
	if (bytes.length < HEADER_BYTES) {
		return tooShort('ipv6', 0, HEADER_BYTES, bytes.length, limitedBy);
	}
	const version = (bytes[0] ?? 0) >> 4;
	if (version !== 6) return badField('ipv6', 0, 'version', version, '6');
	// 0 for jumbograms, and where the card cuts a large send after the capture saw it (TSO).
	const totalLength = u16At(bytes, 4) === 0 ? bytes.length : HEADER_BYTES + u16At(bytes, 4);
	const present = Math.min(totalLength, bytes.length);
	const chain = walkExtensions(
		bytes[6] ?? 0,
		bytes.subarray(HEADER_BYTES, present),
		totalLength <= bytes.length ? 'ipv6 payload length' : limitedBy,
	);
	if (!chain.ok) return chain;
	const value: IpPacket = {
		version: 6,
		source: bytes.subarray(8, 24),
		destination: bytes.subarray(24, 40),
		ttl: bytes[7] ?? 0,
		missing: totalLength - present,
		...chain.value,
	};
	return { ok: true, value };
}

/** What is behind the extension headers: of a whole packet, or of a reassembled one. Stops at a fragment header. */
export function walkExtensions(
	nextHeader: number,
	bytes: Uint8Array,
	limitedBy: string,
): Parsed<Pick<IpPacket, 'protocol' | 'payload' | 'fragment' | 'id'>> {
	let protocol = nextHeader;
	let at = 0;
	for (let count = 0; count <= MAX_EXTENSIONS; count += 1) {
		if (!isExtension(protocol)) {
			const payload = bytes.subarray(at);
			return { ok: true, value: { protocol, payload, fragment: undefined, id: undefined } };
		}
		const available = bytes.length - at;
		if (available < 8) return tooShort('ipv6-extension', at, 8, available, limitedBy);
		const next = bytes[at] ?? 0;
		const fragment = protocol === FRAGMENT ? fragmentOf(u16At(bytes, at + 2)) : undefined;
		if (fragment !== undefined) {
			const payload = bytes.subarray(at + 8);
			return { ok: true, value: { protocol: next, payload, fragment, id: u32At(bytes, at + 4) } };
		}
		const length = extensionLength(protocol, bytes[at + 1] ?? 0);
		if (available < length) return tooShort('ipv6-extension', at, length, available, limitedBy);
		at += length;
		protocol = next;
	}
	const many = `more than ${MAX_EXTENSIONS}`;
	return badField('ipv6-extension', at, 'number of headers', many, `at most ${MAX_EXTENSIONS}`);
}

function isExtension(protocol: number): boolean {
	return protocol === FRAGMENT || protocol === AUTHENTICATION || EXTENSIONS.has(protocol);
}

/** Undefined for a fragment that is the whole packet: RFC 6946 has it read on its own. */
function fragmentOf(field: number): IpPacket['fragment'] {
	const more = (field & 1) !== 0;
	const offset = field & 0xfff8;
	return offset > 0 || more ? { offset, more } : undefined;
}

/** In bytes, from the header's own length field; a fragment header has none. */
function extensionLength(protocol: number, units: number): number {
	if (protocol === FRAGMENT) return 8;
	return protocol === AUTHENTICATION ? (units + 2) * 4 : (units + 1) * 8;
}
