/** CAPWAP data (RFC 5415 §4.3, RFC 5416 §2.1): what a Wi-Fi access point passes on to its controller, in UDP. */
import { u16At } from '../bytes/integers.js';
import { parseEthernet } from './ethernet.js';
import { parseIeee80211 } from './ieee80211.js';
import type { TunnelPayload } from './tunnel.js';
import type { UdpHeader } from './udp.js';

const HEADER_BYTES = 8;
/** Of the 24 bits behind the first byte: the header's length in units of four bytes, what is carried, and flags. */
const LENGTH_SHIFT = 11;
const WIRELESS_SHIFT = 1;
const WIRELESS_BITS = 0x1f;
const IEEE_80211 = 1;
/** T: a frame of the wireless network, and not of Ethernet. */
const IS_NATIVE = 0x01;
/** F, in the last byte. */
const IS_FRAGMENT = 0x80;
/** Frame control of 802.11: version 0 and a data frame. */
const DATA = 0x08;
const DATA_BITS = 0x0f;

/** Undefined for DTLS and for a fragment, of which there is hardly one: a REGISTER fits. */
export function parseCapwap({ payload }: UdpHeader): TunnelPayload {
	if (payload.length < HEADER_BYTES || payload[0] !== 0) return undefined;
	const fields = u16At(payload, 1);
	const headerBytes = (fields >> LENGTH_SHIFT) * 4;
	const isFragment = ((payload[3] ?? 0) & IS_FRAGMENT) !== 0;
	if (headerBytes < HEADER_BYTES || isFragment) return undefined;
	const frame = payload.subarray(headerBytes);
	if ((fields & IS_NATIVE) === 0) return parseEthernet(frame);
	const wireless = (fields >> WIRELESS_SHIFT) & WIRELESS_BITS;
	return wireless === IEEE_80211 ? parseIeee80211(inOrder(frame)) : undefined;
}

/** Controllers of Cisco have the two bytes of frame control the other way round. */
function inOrder(frame: Uint8Array): Uint8Array {
	const [first = 0, second = 0] = frame;
	if ((first & DATA_BITS) === DATA || (second & DATA_BITS) !== DATA) return frame;
	const copy = Uint8Array.from(frame);
	copy[0] = second;
	copy[1] = first;
	return copy;
}
