/** ARP for IPv4 over Ethernet (RFC 826). */
import { u16At } from '../bytes/integers.js';
import { type Parsed, tooShort } from '../bytes/malformed.js';
import { ETHER_TYPE } from './link-payload.js';
import type { Neighbour, NeighbourQuestion } from './neighbour.js';

const BYTES = 28;
const REQUEST = 1;

/** The sender of a request or a reply; undefined where it has no address yet (RFC 5227 probe) or is not IPv4. */
export function parseArp(bytes: Uint8Array): Parsed<Neighbour | undefined> {
	if (bytes.length < BYTES) return tooShort('arp', 0, BYTES, bytes.length, 'captured length');
	const isIpv4OverEthernet = u16At(bytes, 2) === ETHER_TYPE.ipv4 && u16At(bytes, 4) === 0x0604;
	const address = bytes.subarray(14, 18);
	if (!isIpv4OverEthernet || address.every((byte) => byte === 0)) {
		return { ok: true, value: undefined };
	}
	return { ok: true, value: { address, mac: bytes.subarray(8, 14) } };
}

/** Whom a request asks for; undefined for replies, and for a host that asks whether its own address is free (RFC 5227). */
export function arpQuestion(bytes: Uint8Array): NeighbourQuestion | undefined {
	const sender = parseArp(bytes);
	if (!sender.ok || sender.value === undefined || u16At(bytes, 6) !== REQUEST) return undefined;
	const asker = sender.value.address;
	const address = bytes.subarray(24, 28);
	return Buffer.compare(asker, address) === 0 ? undefined : { asker, address };
}
