/** What Netfilter logs (LINKTYPE_NFLOG, `tcpdump -i nflog:5`): a header, then attributes, of which one is the packet. */
import { type ByteOrder, u16At, u16In } from '../bytes/integers.js';
import { badField, type Parsed, tooShort } from '../bytes/malformed.js';
import { etherTypeOfFamily } from './address-family.js';
import { barePayload, type LinkPayload } from './link-payload.js';

const HEADER_BYTES = 4;
/** Length, which counts itself, and type. */
const ATTRIBUTE_HEADER_BYTES = 4;
/** Of linux/netfilter/nfnetlink_log.h. */
const HARDWARE_ADDRESS = 8;
const PAYLOAD = 9;
const MAC_BYTES = 6;

export function parseNflog(bytes: Uint8Array): Parsed<LinkPayload> {
	const available = bytes.length;
	if (available < HEADER_BYTES) return cut(0, HEADER_BYTES, available);
	if (bytes[1] !== 0) return badField('nflog', 1, 'version', bytes[1] ?? 0, '0');
	const order = orderOf(bytes);
	let sourceMac: Uint8Array | undefined;
	for (let at = HEADER_BYTES; ; ) {
		if (available - at < ATTRIBUTE_HEADER_BYTES) {
			return cut(at, ATTRIBUTE_HEADER_BYTES, Math.max(0, available - at));
		}
		const length = u16In(bytes, at, order);
		if (length < ATTRIBUTE_HEADER_BYTES) {
			return badField('nflog', at, 'attribute length', length, `${ATTRIBUTE_HEADER_BYTES} or more`);
		}
		// A snaplen may cut the packet, which comes last.
		const value = bytes.subarray(at + ATTRIBUTE_HEADER_BYTES, at + length);
		const type = u16In(bytes, at + 2, order);
		if (type === HARDWARE_ADDRESS) sourceMac = macOf(value);
		if (type === PAYLOAD) {
			const etherType = etherTypeOfFamily(bytes[0] ?? 0);
			return { ok: true, value: { ...barePayload(etherType, value), sourceMac } };
		}
		at += (length + 3) & ~3;
	}
}

/** Attributes are in the order of the host that captured; no type needs the upper byte of its two. */
function orderOf(bytes: Uint8Array): ByteOrder {
	const at = HEADER_BYTES + 2;
	return u16In(bytes, at, 'little') <= u16At(bytes, at) ? 'little' : 'big';
}

/** A length, which is always most significant first, two bytes of padding, and the address. */
function macOf(value: Uint8Array): Uint8Array | undefined {
	const isMac = value.length >= 4 + MAC_BYTES && u16At(value, 0) === MAC_BYTES;
	return isMac ? value.subarray(4, 4 + MAC_BYTES) : undefined;
}

function cut(at: number, needed: number, available: number): ReturnType<typeof tooShort> {
	return tooShort('nflog', at, needed, available, 'captured length');
}
