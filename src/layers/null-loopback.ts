/** BSD loopback: an address family in four bytes, of the capturing host's order (NULL) or most significant first (LOOP). */
import { u16At, u32At, u32LeAt } from '../bytes/integers.js';
import { type Parsed, tooShort } from '../bytes/malformed.js';
import { etherTypeOfFamily } from './address-family.js';
import { barePayload, ETHER_TYPE, type LinkPayload } from './link-payload.js';

export function parseNullLoopback(bytes: Uint8Array): Parsed<LinkPayload> {
	if (bytes.length < 4) return tooShort('null-loopback', 0, 4, bytes.length, 'captured length');
	// No family needs the upper half: whichever order gives the smaller number is the writer's.
	const family = Math.min(u32At(bytes, 0), u32LeAt(bytes, 0));
	return { ok: true, value: barePayload(etherTypeOf(family, bytes), bytes.subarray(4)) };
}

function etherTypeOf(family: number, bytes: Uint8Array): number {
	const known = etherTypeOfFamily(family);
	if (known !== 0) return known;
	// Some loopbacks leave an EtherType in place of a family.
	const type = u16At(bytes, 2);
	return type === ETHER_TYPE.ipv4 || type === ETHER_TYPE.ipv6 ? type : 0;
}
