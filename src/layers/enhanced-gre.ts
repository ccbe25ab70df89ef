/** GRE of version 1: PPP of a PPTP session (RFC 2637 §4.1), and MikroTik's EoIP, which took its number. */
import { u16At } from '../bytes/integers.js';
import { tooShort } from '../bytes/malformed.js';
import { parseEthernet } from './ethernet.js';
import { parsePpp } from './ppp.js';
import type { TunnelPayload } from './tunnel.js';

const HEADER_BYTES = 8;
const PPP = 0x880b;
const HAS_SEQUENCE = 0x1000;
const HAS_ACKNOWLEDGEMENT = 0x0080;
/** EoIP has flags, protocol, the length of the frame, and the tunnel's number; MikroTik publishes no more than that. */
const EOIP = 0x6400;

/** Undefined for an acknowledgement alone, a keep-alive, and any other protocol. */
export function parseEnhancedGre(bytes: Uint8Array, limitedBy: string): TunnelPayload {
	if (bytes.length < HEADER_BYTES) return tooShort('gre', 0, HEADER_BYTES, bytes.length, limitedBy);
	const protocol = u16At(bytes, 2);
	const length = u16At(bytes, 4);
	if (length === 0) return undefined;
	if (protocol === EOIP) return parseEthernet(bytes.subarray(HEADER_BYTES, HEADER_BYTES + length));
	const flags = u16At(bytes, 0);
	if (protocol !== PPP || (flags & HAS_SEQUENCE) === 0) return undefined;
	const start = HEADER_BYTES + ((flags & HAS_ACKNOWLEDGEMENT) === 0 ? 4 : 8);
	if (bytes.length < start) return tooShort('gre', 0, start, bytes.length, limitedBy);
	return parsePpp(bytes.subarray(start, start + length));
}
