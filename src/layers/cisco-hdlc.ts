/** Cisco HDLC (LINKTYPE_C_HDLC), and the frames of serial lines that may be that or PPP (LINKTYPE_PPP_HDLC). */
import { u16At } from '../bytes/integers.js';
import { type Parsed, tooShort } from '../bytes/malformed.js';
import { barePayload, type LinkPayload } from './link-payload.js';
import { parsePpp } from './ppp.js';

/** An address, a control byte of 0, and an EtherType. */
const HEADER_BYTES = 4;

/** The addresses of one station and of all, each with its control byte (tcpdump.org, LINKTYPE_PPP_HDLC). */
const CISCO: ReadonlySet<number> = new Set([0x0f00, 0x8f00]);

export function parseCiscoHdlc(bytes: Uint8Array): Parsed<LinkPayload> {
	if (bytes.length < HEADER_BYTES) {
		return tooShort('cisco-hdlc', 0, HEADER_BYTES, bytes.length, 'captured length');
	}
	return { ok: true, value: barePayload(u16At(bytes, 2), bytes.subarray(HEADER_BYTES)) };
}

export function parsePppHdlc(bytes: Uint8Array): Parsed<LinkPayload> {
	return CISCO.has(u16At(bytes, 0)) ? parseCiscoHdlc(bytes) : parsePpp(bytes);
}
