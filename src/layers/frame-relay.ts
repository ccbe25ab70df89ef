/** Frame Relay (RFC 2427): a Q.922 address, and what it carries by its NLPID. */
import { u16At, u32At } from '../bytes/integers.js';
import { type Parsed, tooShort } from '../bytes/malformed.js';
import { parseEthernet } from './ethernet.js';
import { barePayload, ETHER_TYPE, type LinkPayload } from './link-payload.js';

/** Q.922 §3.2: two bytes, or up to four; the last has its lowest bit set. */
const MAX_ADDRESS_BYTES = 4;
/** §3: unnumbered information. */
const CONTROL = 0x03;
/** §3: one byte of zero may stand before the NLPID. */
const PAD = 0x00;
const SNAP_NLPID = 0x80;
const SNAP_BYTES = 5;
const ETHER_TYPES: ReadonlyMap<number, number> = new Map([
	[0xcc, ETHER_TYPE.ipv4],
	[0x8e, ETHER_TYPE.ipv6],
]);
/** §4.2: organisation 00-80-C2, and Ethernet with its checksum kept (0001) or not (0007). */
const BRIDGED: ReadonlySet<number> = new Set([0x80c2_0001, 0x80c2_0007]);

export function parseFrameRelay(bytes: Uint8Array): Parsed<LinkPayload> {
	const last = bytes.subarray(0, MAX_ADDRESS_BYTES).findIndex((byte) => (byte & 1) === 1);
	const at = last === -1 ? MAX_ADDRESS_BYTES : last + 1;
	if (bytes.length < at + 2) return cut(at + 2, bytes);
	if (bytes[at] !== CONTROL) return { ok: true, value: ofCisco(bytes.subarray(at)) };
	const nlpidAt = bytes[at + 1] === PAD ? at + 2 : at + 1;
	if (bytes.length <= nlpidAt) return cut(nlpidAt + 1, bytes);
	const nlpid = bytes[nlpidAt] ?? 0;
	const payload = bytes.subarray(nlpidAt + 1);
	if (nlpid !== SNAP_NLPID) {
		return { ok: true, value: barePayload(ETHER_TYPES.get(nlpid) ?? 0, payload) };
	}
	if (payload.length < SNAP_BYTES) return cut(nlpidAt + 1 + SNAP_BYTES, bytes);
	return snap(payload);
}

/** An organisation code, and a protocol of that organisation. */
function snap(bytes: Uint8Array): Parsed<LinkPayload> {
	const payload = bytes.subarray(SNAP_BYTES);
	const protocol = u16At(bytes, 3);
	const organisation = u32At(bytes, 0) >>> 8;
	if (BRIDGED.has(organisation * 0x1_0000 + protocol)) return parseEthernet(payload);
	return { ok: true, value: barePayload(organisation === 0 ? protocol : 0, payload) };
}

/** Cisco's own encapsulation has an EtherType in place of control and NLPID. */
function ofCisco(bytes: Uint8Array): LinkPayload {
	return barePayload(u16At(bytes, 0), bytes.subarray(2));
}

function cut(needed: number, bytes: Uint8Array): ReturnType<typeof tooShort> {
	return tooShort('frame-relay', 0, needed, bytes.length, 'captured length');
}
