/** GTP-U (3GPP TS 29.281 §5): the IP packets of a mobile phone between base station and core, in UDP. */
import { u16At } from '../bytes/integers.js';
import { badField, type Parsed, tooShort } from '../bytes/malformed.js';
import { parseRawIp } from './raw-ip.js';
import type { TunnelPayload } from './tunnel.js';
import type { UdpHeader } from './udp.js';

const HEADER_BYTES = 8;
/** Version 1 and the protocol type of GTP, not GTP' (§5.1). */
const VERSION = 0x30;
const VERSION_BITS = 0xf0;
/** Any of the flags E, S and PN: then four more bytes stand behind the header. */
const OPTIONAL_BITS = 0x07;
const OPTIONAL_BYTES = 4;
const EXTENSION_BIT = 0x04;
/** Table 6.1-1: a packet of a user; the others are the tunnel's own. */
const G_PDU = 255;

export function parseGtp({ payload }: UdpHeader): TunnelPayload {
	if (payload.length < HEADER_BYTES) return undefined;
	if (((payload[0] ?? 0) & VERSION_BITS) !== VERSION || payload[1] !== G_PDU) return undefined;
	const message = payload.subarray(0, HEADER_BYTES + u16At(payload, 2));
	const start = packetStart(message);
	return start.ok ? parseRawIp(message.subarray(start.value)) : start;
}

/** Where the packet begins, behind the optional fields and the extension headers. */
function packetStart(message: Uint8Array): Parsed<number> {
	const flags = message[0] ?? 0;
	if ((flags & OPTIONAL_BITS) === 0) return { ok: true, value: HEADER_BYTES };
	let at = HEADER_BYTES + OPTIONAL_BYTES;
	if (at > message.length) {
		return tooShort('gtp', HEADER_BYTES, OPTIONAL_BYTES, message.length - HEADER_BYTES, 'length');
	}
	let next = (flags & EXTENSION_BIT) === 0 ? 0 : message[at - 1];
	// §5.2.1: a length in units of four bytes, the content, and the type of the next one.
	while (next !== 0) {
		const length = (message[at] ?? 0) * 4;
		if (length === 0) return badField('gtp', at, 'extension header length', 0, '1 or more');
		if (at + length > message.length) {
			return tooShort('gtp', at, length, message.length - at, 'length');
		}
		at += length;
		next = message[at - 1];
	}
	return { ok: true, value: at };
}
