/**
 * IEEE 802.1Q and 802.1ad tags, those that switches put in among themselves, and PPPoE session headers (RFC 2516 §4) behind
 * them.
 */
import { u16At } from '../bytes/integers.js';
import { badField, type Parsed, tooShort } from '../bytes/malformed.js';
import { NO_VLANS } from './link-payload.js';
import { parsePppoeSession } from './pppoe.js';

/** 802.1Q, 802.1ad, and the two numbers used before 802.1ad gave one. */
const VLANS: ReadonlySet<number> = new Set([0x8100, 0x88a8, 0x9100, 0x9200]);
/** Bytes of each tag, which ends with the EtherType of what follows. */
const TAGS: ReadonlyMap<number, number> = new Map([
	...[...VLANS].map((type) => [type, 4] as const),
	// Cisco metadata: the security group of TrustSec.
	[0x8909, 8],
	// VN-Tag of Cisco, and the E-Tag that IEEE 802.1BR §11.1 made of it.
	[0x8926, 6],
	[0x893f, 8],
	// HSR (IEC 62439-3): path, size and sequence number.
	[0x892f, 6],
]);
const PPPOE_SESSION = 0x8864;

/** Two is what networks nest; the rest is head-room, not a promise. */
const MAX_TAGS = 8;

export interface Untagged {
	readonly etherType: number;
	readonly payload: Uint8Array;
	readonly vlans: readonly number[];
}

/** Takes off the tags before the payload that `etherType` names. */
export function removeTags(etherType: number, bytes: Uint8Array): Parsed<Untagged> {
	let tagBytes = TAGS.get(etherType);
	if (tagBytes === undefined) return removePppoe(etherType, bytes, NO_VLANS);
	const vlans: number[] = [];
	let type = etherType;
	let at = 0;
	for (let count = 0; tagBytes !== undefined; count += 1) {
		if (count === MAX_TAGS) {
			return badField('vlan', at, 'number of tags', `more than ${MAX_TAGS}`, `at most ${MAX_TAGS}`);
		}
		const available = bytes.length - at;
		if (available < tagBytes) return tooShort('vlan', at, tagBytes, available, 'captured length');
		if (VLANS.has(type)) vlans.push(u16At(bytes, at) & 0x0fff);
		at += tagBytes;
		type = u16At(bytes, at - 2);
		tagBytes = TAGS.get(type);
	}
	return removePppoe(type, bytes.subarray(at), vlans);
}

/** The packet of PPP in PPPoE, which is what the tags stand before on a DSL line. */
function removePppoe(
	etherType: number,
	bytes: Uint8Array,
	vlans: readonly number[],
): Parsed<Untagged> {
	if (etherType !== PPPOE_SESSION) return { ok: true, value: { etherType, payload: bytes, vlans } };
	const ppp = parsePppoeSession(bytes);
	if (!ppp.ok) return ppp;
	return { ok: true, value: { etherType: ppp.value.etherType, payload: ppp.value.payload, vlans } };
}
