/** PPPoE (RFC 2516): a DSL line's frames carry IP in PPP in PPPoE. */
import { u16At } from '../bytes/integers.js';
import { type Parsed, tooShort } from '../bytes/malformed.js';
import { barePayload, type LinkPayload } from './link-payload.js';
import { parsePpp } from './ppp.js';

/** §4: version and type, code, session, length. */
const HEADER_BYTES = 6;
/** §4: of a packet of the session stage; those of discovery carry tags. */
const SESSION_CODE = 0;

/** Reads a packet of the session stage; its length cuts off Ethernet padding. */
export function parsePppoeSession(bytes: Uint8Array): Parsed<LinkPayload> {
	const least = HEADER_BYTES + 2;
	if (bytes.length < least) return tooShort('pppoe', 0, least, bytes.length, 'captured length');
	return parsePpp(bytes.subarray(HEADER_BYTES, Math.max(least, HEADER_BYTES + u16At(bytes, 4))));
}

/** Reads a packet of either stage (LINKTYPE_PPP_ETHER). */
export function parsePppoe(bytes: Uint8Array): Parsed<LinkPayload> {
	const isDiscovery = bytes.length >= HEADER_BYTES && bytes[1] !== SESSION_CODE;
	return isDiscovery ? { ok: true, value: barePayload(0, bytes) } : parsePppoeSession(bytes);
}
