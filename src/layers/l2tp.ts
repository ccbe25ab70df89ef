/** L2TP version 2 (RFC 2661 §3.1): PPP in UDP. Version 3 is not read: only the two ends know how long its cookie is. */
import { u16At } from '../bytes/integers.js';
import { tooShort } from '../bytes/malformed.js';
import { parsePpp } from './ppp.js';
import type { TunnelPayload } from './tunnel.js';
import type { UdpHeader } from './udp.js';

const CONTROL = 0x8000;
const HAS_LENGTH = 0x4000;
const HAS_SEQUENCE = 0x0800;
const HAS_OFFSET = 0x0200;
/** Reserved bits, which are zero, and the version. */
const FIXED_BITS = 0x34ff;
const VERSION = 2;

/** Undefined for a control message, and for what is no L2TP. */
export function parseL2tp({ payload }: UdpHeader): TunnelPayload {
	if (payload.length < 6) return undefined;
	const flags = u16At(payload, 0);
	if ((flags & FIXED_BITS) !== VERSION || (flags & CONTROL) !== 0) return undefined;
	const end = (flags & HAS_LENGTH) === 0 ? payload.length : u16At(payload, 2);
	const ids = (flags & HAS_LENGTH) === 0 ? 2 : 4;
	const sequence = ids + 4;
	let start = (flags & HAS_SEQUENCE) === 0 ? sequence : sequence + 4;
	if ((flags & HAS_OFFSET) !== 0) {
		if (payload.length < start + 2)
			return tooShort('l2tp', start, 2, payload.length - start, 'udp');
		start += 2 + u16At(payload, start);
	}
	if (payload.length < start) return tooShort('l2tp', 0, start, payload.length, 'udp');
	return parsePpp(payload.subarray(start, Math.max(start, end)));
}
