/** IEEE 802.2 LLC, and SNAP in it, by which IP says what it is where a frame has no EtherType (RFC 1042). */
import { u16At, u32At } from '../bytes/integers.js';

const HEADER_BYTES = 8;
/** DSAP and SSAP of SNAP, unnumbered information, and the first byte of the organisation code. */
const SNAP = 0xaaaa_0300;

export interface LlcPayload {
	/** 0 where there is no SNAP of organisation 0. */
	readonly etherType: number;
	readonly payload: Uint8Array;
}

/** Reads what begins with an LLC header. */
export function parseLlc(bytes: Uint8Array): LlcPayload {
	const isSnap = bytes.length >= HEADER_BYTES && u32At(bytes, 0) === SNAP && u16At(bytes, 4) === 0;
	if (!isSnap) return { etherType: 0, payload: bytes };
	return { etherType: u16At(bytes, 6), payload: bytes.subarray(HEADER_BYTES) };
}
