/*
 * IEEE 802.11: data frames (IEEE Std 802.11-2020 §9.3.2), also with QoS and four addresses, whose body is LLC and SNAP. Nothing
 * else carries IP; what is encrypted is named.
 */
import { u16At } from '../bytes/integers.js';
import { badField, type Parsed, tooShort } from '../bytes/malformed.js';
import { barePayload, type LinkPayload } from './link-payload.js';
import { parseLlc } from './llc.js';
import { removeTags } from './vlan.js';

const LAYER = 'ieee-802.11';

/** Frame control (§9.2.4.1), its first byte: version, type, subtype. */
const VERSION_AND_TYPE = 0x0f;
const DATA = 0x08;
const NO_DATA = 0x40;
const QOS = 0x80;
/** Its second byte. */
const TO_DS = 0x01;
const FROM_DS = 0x02;
const PROTECTED = 0x40;
const HT_CONTROL = 0x80;

/** Three addresses, and sequence control behind them. */
const HEADER_BYTES = 24;
const ADDRESS_1 = 4;
const ADDRESS_2 = 10;
const ADDRESS_3 = 16;
const SEQUENCE_CONTROL = 22;
const ADDRESS_4 = 24;
const MAC_BYTES = 6;
const QOS_BYTES = 2;
const HT_CONTROL_BYTES = 4;
/** §9.2.4.5: of the first byte of QoS control. */
const A_MSDU = 0x80;
/** §9.3.2.2: two addresses and a length. */
const SUBFRAME_BYTES = 14;

const NOTHING = new Uint8Array(0);

/** Reads a frame that begins with frame control. With `isPadded` the body begins at a multiple of four bytes. */
export function parseIeee80211(bytes: Uint8Array, isPadded = false): Parsed<LinkPayload> {
	if (bytes.length < 2) return cut(2, bytes);
	const [kind = 0, flags = 0] = bytes;
	if ((kind & VERSION_AND_TYPE) !== DATA || (kind & NO_DATA) !== 0) {
		return { ok: true, value: barePayload(0, NOTHING) };
	}
	if ((flags & PROTECTED) !== 0) {
		return { ok: true, value: { ...barePayload(0, NOTHING), isEncrypted: true } };
	}
	const { qosAt, end } = headerOf(kind, flags);
	const bodyAt = isPadded ? (end + 3) & ~3 : end;
	if (bytes.length < bodyAt) return cut(bodyAt, bytes);
	const fragment = (bytes[SEQUENCE_CONTROL] ?? 0) & 0x0f;
	// Hardly any network has fragments here; the first one is read as far as it goes.
	if (fragment > 0) return badField(LAYER, SEQUENCE_CONTROL, 'fragment number', fragment, '0');
	const body = bytes.subarray(bodyAt);
	if (qosAt !== undefined && ((bytes[qosAt] ?? 0) & A_MSDU) !== 0) return subframes(body, bodyAt);
	return msdu(body, macsOf(bytes, flags));
}

/** Where QoS control is, and where the header ends. */
function headerOf(kind: number, flags: number): { qosAt: number | undefined; end: number } {
	const hasFour = (flags & TO_DS) !== 0 && (flags & FROM_DS) !== 0;
	const end = HEADER_BYTES + (hasFour ? MAC_BYTES : 0);
	if ((kind & QOS) === 0) return { qosAt: undefined, end };
	const control = (flags & HT_CONTROL) === 0 ? 0 : HT_CONTROL_BYTES;
	return { qosAt: end, end: end + QOS_BYTES + control };
}

type Macs = Pick<LinkPayload, 'sourceMac' | 'destinationMac'>;

/** Whence and whither, and not the radios between (table 9-30). */
function macsOf(bytes: Uint8Array, flags: number): Macs {
	const toDs = (flags & TO_DS) !== 0;
	const fromDs = (flags & FROM_DS) !== 0;
	const sourceAt = fromDs ? (toDs ? ADDRESS_4 : ADDRESS_3) : ADDRESS_2;
	return {
		sourceMac: macAt(bytes, sourceAt),
		destinationMac: macAt(bytes, toDs ? ADDRESS_3 : ADDRESS_1),
	};
}

function macAt(bytes: Uint8Array, at: number): Uint8Array {
	return bytes.subarray(at, at + MAC_BYTES);
}

function msdu(bytes: Uint8Array, macs: Macs): Parsed<LinkPayload> {
	const { etherType, payload } = parseLlc(bytes);
	const untagged = removeTags(etherType, payload);
	if (!untagged.ok) return untagged;
	return { ok: true, value: { ...barePayload(0, NOTHING), ...untagged.value, ...macs } };
}

/** An A-MSDU (§9.3.2.2): several packets in one frame, each with addresses of its own, and all but the last padded. */
function subframes(body: Uint8Array, bodyAt: number): Parsed<LinkPayload> {
	if (body.length < SUBFRAME_BYTES) {
		return tooShort(LAYER, bodyAt, SUBFRAME_BYTES, body.length, 'captured length');
	}
	const packets: LinkPayload[] = [];
	// What is left behind the last one may be the frame's checksum.
	for (let at = 0; body.length - at >= SUBFRAME_BYTES; ) {
		const length = u16At(body, at + 2 * MAC_BYTES);
		const end = at + SUBFRAME_BYTES + length;
		const macs = { destinationMac: macAt(body, at), sourceMac: macAt(body, at + MAC_BYTES) };
		const packet = msdu(body.subarray(at + SUBFRAME_BYTES, end), macs);
		if (packet.ok) packets.push(packet.value);
		// One that is odd is told where it is the first, and does not stop the rest.
		else if (packets.length === 0) return packet;
		at = (end + 3) & ~3;
	}
	const [first = barePayload(0, NOTHING), ...further] = packets;
	return { ok: true, value: { ...first, further } };
}

function cut(needed: number, bytes: Uint8Array): ReturnType<typeof tooShort> {
	return tooShort(LAYER, 0, needed, bytes.length, 'captured length');
}
