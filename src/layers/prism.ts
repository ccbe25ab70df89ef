/**
 * What drivers of Prism cards put before a frame of IEEE 802.11: their own header (LINKTYPE_IEEE802_11_PRISM), or that of AVS,
 * which took its place (LINKTYPE_IEEE802_11_AVS) and came under the same link type as well.
 */
import { type ByteOrder, u32At, u32In } from '../bytes/integers.js';
import { badField, type Parsed, tooShort } from '../bytes/malformed.js';
import { parseIeee80211 } from './ieee80211.js';
import type { LinkPayload } from './link-payload.js';

/** A message code, or a version, and the length of the whole header. */
const START_BYTES = 8;
/** Codes of the message, in the order of the host. */
const PRISM_CODES: ReadonlySet<number> = new Set([0x41, 0x44]);
/** The upper part of a version of AVS; all of that header is most significant first. */
const AVS = 0x8021_1000;

export function parsePrism(bytes: Uint8Array): Parsed<LinkPayload> {
	if (bytes.length < START_BYTES) return cut('prism', START_BYTES, bytes);
	if (isAvs(bytes)) return parseAvs(bytes);
	const orders: readonly ByteOrder[] = ['little', 'big'];
	const order = orders.find((each) => PRISM_CODES.has(u32In(bytes, 0, each)));
	if (order === undefined) {
		return badField('prism', 0, 'message code', u32At(bytes, 0), '65 or 68');
	}
	return behind('prism', u32In(bytes, 4, order), bytes);
}

export function parseAvs(bytes: Uint8Array): Parsed<LinkPayload> {
	if (bytes.length < START_BYTES) return cut('avs', START_BYTES, bytes);
	if (!isAvs(bytes)) return badField('avs', 0, 'version', u32At(bytes, 0), `${AVS + 1}`);
	return behind('avs', u32At(bytes, 4), bytes);
}

function isAvs(bytes: Uint8Array): boolean {
	return u32At(bytes, 0) - (bytes[3] ?? 0) === AVS;
}

function behind(layer: string, length: number, bytes: Uint8Array): Parsed<LinkPayload> {
	if (length < START_BYTES) {
		return badField(layer, 4, 'header length', length, `${START_BYTES} or more`);
	}
	if (bytes.length < length) return cut(layer, length, bytes);
	return parseIeee80211(bytes.subarray(length));
}

function cut(layer: string, needed: number, bytes: Uint8Array): ReturnType<typeof tooShort> {
	return tooShort(layer, 0, needed, bytes.length, 'captured length');
}
