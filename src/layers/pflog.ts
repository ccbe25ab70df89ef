/**
 * What the packet filter of the BSDs logs (LINKTYPE_PFLOG). Which way a packet went is in the header, and is not told: it was
 * logged on a firewall, and what goes in there may have come from either side.
 */
import { badField, type Parsed, tooShort } from '../bytes/malformed.js';
import { etherTypeOfFamily } from './address-family.js';
import { barePayload, type LinkPayload } from './link-payload.js';

/** Up to the number of the subrule: what every version has. */
const LEAST_BYTES = 44;

export function parsePflog(bytes: Uint8Array): Parsed<LinkPayload> {
	if (bytes.length < LEAST_BYTES) return cut(LEAST_BYTES, bytes);
	const length = bytes[0] ?? 0;
	if (length < LEAST_BYTES) {
		return badField('pflog', 0, 'header length', length, `${LEAST_BYTES} or more`);
	}
	// The length does not count the padding that makes it a multiple of four.
	const headerBytes = (length + 3) & ~3;
	if (bytes.length < headerBytes) return cut(headerBytes, bytes);
	const etherType = etherTypeOfFamily(bytes[1] ?? 0);
	return { ok: true, value: barePayload(etherType, bytes.subarray(headerBytes)) };
}

function cut(needed: number, bytes: Uint8Array): ReturnType<typeof tooShort> {
	return tooShort('pflog', 0, needed, bytes.length, 'captured length');
}
