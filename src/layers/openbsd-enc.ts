/** What IPsec of OpenBSD and FreeBSD (pfSense) shows on enc0 (LINKTYPE_ENC): address family, SPI and flags, then the packet. */
import { u32At, u32LeAt } from '../bytes/integers.js';
import { type Parsed, tooShort } from '../bytes/malformed.js';
import { etherTypeOfFamily } from './address-family.js';
import { barePayload, type LinkPayload } from './link-payload.js';

const HEADER_BYTES = 12;

export function parseOpenbsdEnc(bytes: Uint8Array): Parsed<LinkPayload> {
	if (bytes.length < HEADER_BYTES) {
		return tooShort('openbsd-enc', 0, HEADER_BYTES, bytes.length, 'captured length');
	}
	// No family needs the upper half: whichever order gives the smaller number is the writer's.
	const family = Math.min(u32At(bytes, 0), u32LeAt(bytes, 0));
	const payload = bytes.subarray(HEADER_BYTES);
	return { ok: true, value: barePayload(etherTypeOfFamily(family), payload) };
}
