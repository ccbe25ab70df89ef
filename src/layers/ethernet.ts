/** Ethernet II, and IEEE 802.3 with LLC and SNAP (RFC 1042). */
import { u16At } from '../bytes/integers.js';
import { type Parsed, tooShort } from '../bytes/malformed.js';
import type { LinkPayload } from './link-payload.js';
import { parseLlc } from './llc.js';
import { removeTags } from './vlan.js';

const HEADER_BYTES = 14;

/** Below this the field is an 802.3 length. */
const FIRST_ETHER_TYPE = 0x0600;

/** Reads an Ethernet frame, its tags included. */
export function parseEthernet(bytes: Uint8Array): Parsed<LinkPayload> {
	if (bytes.length < HEADER_BYTES) {
		return tooShort('ethernet', 0, HEADER_BYTES, bytes.length, 'captured length');
	}
	const untagged = removeTags(u16At(bytes, 12), bytes.subarray(HEADER_BYTES));
	if (!untagged.ok) return untagged;
	const { vlans } = untagged.value;
	let { etherType, payload } = untagged.value;
	if (etherType < FIRST_ETHER_TYPE) ({ etherType, payload } = parseLlc(payload));
	return { ok: true, value: new EthernetPayload(bytes, etherType, payload, vlans) };
}

/** Views cost more than reading a header: those of the addresses are made when somebody asks. */
class EthernetPayload implements LinkPayload {
	readonly etherType: number;
	readonly payload: Uint8Array;
	readonly vlans: readonly number[];
	readonly direction = undefined;
	readonly interfaceIndex = undefined;
	readonly #frame: Uint8Array;

	constructor(frame: Uint8Array, etherType: number, payload: Uint8Array, vlans: readonly number[]) {
		this.etherType = etherType;
		this.payload = payload;
		this.vlans = vlans;
		this.#frame = frame;
	}

	get sourceMac(): Uint8Array {
		return this.#frame.subarray(6, 12);
	}

	get destinationMac(): Uint8Array {
		return this.#frame.subarray(0, 6);
	}
}
