/** Generic routing encapsulation (RFC 2784, RFC 2890), also with Ethernet in it (RFC 1701, 0x6558). */
import { u16At } from '../bytes/integers.js';
import { tooShort } from '../bytes/malformed.js';
import { parseEthernet } from './ethernet.js';
import { barePayload } from './link-payload.js';
import type { TunnelPayload } from './tunnel.js';

const CHECKSUM = 0x8000;
const ROUTING = 0x4000;
const KEY = 0x2000;
const SEQUENCE = 0x1000;
const TRANSPARENT_ETHERNET = 0x6558;

/** Undefined for other versions (PPTP is version 1) and for source routing, which nobody uses (RFC 2784 §2.3). */
export function parseGre(bytes: Uint8Array, limitedBy: string): TunnelPayload {
	if (bytes.length < 4) return tooShort('gre', 0, 4, bytes.length, limitedBy);
	const flags = u16At(bytes, 0);
	if ((flags & 0x0007) !== 0 || (flags & ROUTING) !== 0) return undefined;
	const options = [CHECKSUM, KEY, SEQUENCE].filter((flag) => (flags & flag) !== 0);
	const headerBytes = 4 + options.length * 4;
	if (bytes.length < headerBytes) return tooShort('gre', 0, headerBytes, bytes.length, limitedBy);
	const payload = bytes.subarray(headerBytes);
	const protocol = u16At(bytes, 2);
	if (protocol === TRANSPARENT_ETHERNET) return parseEthernet(payload);
	return { ok: true, value: barePayload(protocol, payload) };
}
