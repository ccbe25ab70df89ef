/** ERSPAN (draft-foschiano-erspan-03): the Ethernet frames of a mirrored port, in GRE. */
import { u16At } from '../bytes/integers.js';
import { tooShort } from '../bytes/malformed.js';
import { parseEthernet } from './ethernet.js';
import { parseRawIp } from './raw-ip.js';
import type { TunnelPayload } from './tunnel.js';

/** GRE protocols: types I and II, which the sequence number tells apart (§4.1, §4.2), and type III (§4.3). */
export const ERSPAN_I_II = 0x88be;
export const ERSPAN_III = 0x22eb;

const TYPE_II_BYTES = 8;
const TYPE_III_BYTES = 12;
/** The O bit: eight bytes of the platform stand behind the header. */
const HAS_PLATFORM_BYTES = 0x0001;
const PLATFORM_BYTES = 8;
/** FT, the type of the mirrored frame: 0 is Ethernet, 2 is IP. */
const FRAME_TYPE = 0x7c00;
const IP_FRAME = 0x0800;

/** `bytes` are what GRE carries; the oldest type has no header, and no sequence number in that of GRE. */
export function parseErspan(bytes: Uint8Array, hasSequence: boolean): TunnelPayload {
	if (!hasSequence) return parseEthernet(bytes);
	if (bytes.length < TYPE_II_BYTES) {
		return tooShort('erspan', 0, TYPE_II_BYTES, bytes.length, 'gre payload');
	}
	return parseEthernet(bytes.subarray(TYPE_II_BYTES));
}

export function parseErspan3(bytes: Uint8Array): TunnelPayload {
	if (bytes.length < TYPE_III_BYTES) {
		return tooShort('erspan', 0, TYPE_III_BYTES, bytes.length, 'gre payload');
	}
	const flags = u16At(bytes, 10);
	const platform = (flags & HAS_PLATFORM_BYTES) === 0 ? 0 : PLATFORM_BYTES;
	const frame = bytes.subarray(TYPE_III_BYTES + platform);
	return (flags & FRAME_TYPE) === IP_FRAME ? parseRawIp(frame) : parseEthernet(frame);
}
