/** Neighbour discovery for IPv6 (RFC 4861 §4): who says to have which hardware address. */
import { Cursor } from '../bytes/cursor.js';
import type { Parsed } from '../bytes/malformed.js';
import type { IpPacket } from './ip-packet.js';
import type { Neighbour, NeighbourQuestion } from './neighbour.js';

const ROUTER_SOLICITATION = 133;
const ROUTER_ADVERTISEMENT = 134;
const NEIGHBOUR_SOLICITATION = 135;
const NEIGHBOUR_ADVERTISEMENT = 136;

const SOURCE_LINK_LAYER = 1;
const TARGET_LINK_LAYER = 2;

/** Undefined where the message tells no hardware address, or is of another kind. */
export function parseNeighbourDiscovery(packet: IpPacket): Parsed<Neighbour | undefined> {
	const cursor = new Cursor(packet.payload, 'neighbour-discovery', 'ipv6 payload length');
	const type = cursor.u8();
	const fixed = fixedBytes(type);
	// RFC 4861 §6.1, §7.1: with another hop limit it came from beyond this link, and says nothing of it.
	if (fixed === undefined || packet.ttl !== 255) return { ok: true, value: undefined };
	cursor.require(fixed - 1);
	cursor.skip(7);
	const isAdvertisement = type === NEIGHBOUR_ADVERTISEMENT;
	const target = cursor.take(fixed - 8).subarray(0, 16);
	const mac = linkLayerOption(cursor, isAdvertisement ? TARGET_LINK_LAYER : SOURCE_LINK_LAYER);
	const address = isAdvertisement ? target : packet.source;
	const known = mac !== undefined && address.some((byte) => byte !== 0);
	return cursor.result(known ? { address, mac } : undefined);
}

/** Whom a solicitation asks for; undefined where the asker has no address yet (RFC 4862 §5.4.2). */
export function neighbourQuestion({
	payload,
	source,
	ttl,
}: IpPacket): NeighbourQuestion | undefined {
	if (payload[0] !== NEIGHBOUR_SOLICITATION || payload.length < 24 || ttl !== 255) return undefined;
	if (source.every((byte) => byte === 0)) return undefined;
	return { asker: source, address: payload.subarray(8, 24) };
}

function fixedBytes(type: number): number | undefined {
	switch (type) {
		case ROUTER_SOLICITATION:
			return 8;
		case ROUTER_ADVERTISEMENT:
			return 16;
		case NEIGHBOUR_SOLICITATION:
		case NEIGHBOUR_ADVERTISEMENT:
			return 24;
		default:
			return undefined;
	}
}

/** Options are counted in eights of bytes; one of length 0 would never end (RFC 4861 §4.6). */
function linkLayerOption(cursor: Cursor, wanted: number): Uint8Array | undefined {
	while (cursor.remaining >= 8) {
		const type = cursor.u8();
		const length = cursor.u8() * 8;
		if (length === 0) return undefined;
		const value = cursor.take(length - 2);
		if (type === wanted && value.length >= 6) return value.subarray(0, 6);
	}
	return undefined;
}
