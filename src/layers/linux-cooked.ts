/** Linux cooked captures of both versions, what `tcpdump -i any` writes (LINKTYPE_LINUX_SLL and _SLL2). */
import { u16At, u32At } from '../bytes/integers.js';
import { type Parsed, tooShort } from '../bytes/malformed.js';
import { ETHER_TYPE, type LinkPayload } from './link-payload.js';
import { removeTags, type Untagged } from './vlan.js';

const V1_BYTES = 16;
const V2_BYTES = 20;

/** ARPHRD_NETLINK: the protocol field holds a netlink family, no EtherType. */
const NETLINK = 824;

export function parseLinuxCooked(bytes: Uint8Array): Parsed<LinkPayload> {
	if (bytes.length < V1_BYTES) {
		return tooShort('linux-cooked', 0, V1_BYTES, bytes.length, 'captured length');
	}
	return cooked(bytes, {
		packetType: u16At(bytes, 0),
		hardwareType: u16At(bytes, 2),
		address: bytes.subarray(6, 6 + Math.min(u16At(bytes, 4), 8)),
		protocol: u16At(bytes, 14),
		interfaceIndex: undefined,
		headerBytes: V1_BYTES,
	});
}

export function parseLinuxCookedV2(bytes: Uint8Array): Parsed<LinkPayload> {
	if (bytes.length < V2_BYTES) {
		return tooShort('linux-cooked-v2', 0, V2_BYTES, bytes.length, 'captured length');
	}
	return cooked(bytes, {
		packetType: bytes[10] ?? 0,
		hardwareType: u16At(bytes, 8),
		address: bytes.subarray(12, 12 + Math.min(bytes[11] ?? 0, 8)),
		protocol: u16At(bytes, 0),
		interfaceIndex: u32At(bytes, 4),
		headerBytes: V2_BYTES,
	});
}

interface CookedHeader {
	readonly packetType: number;
	readonly hardwareType: number;
	readonly address: Uint8Array;
	readonly protocol: number;
	readonly interfaceIndex: number | undefined;
	readonly headerBytes: number;
}

function cooked(bytes: Uint8Array, header: CookedHeader): Parsed<LinkPayload> {
	const protocol = header.hardwareType === NETLINK ? 0 : header.protocol;
	const untagged = removeTags(protocol, bytes.subarray(header.headerBytes));
	if (!untagged.ok) return untagged;
	const value = {
		...removeHiddenTag(untagged.value),
		sourceMac: header.address.length === 6 ? header.address : undefined,
		destinationMac: undefined,
		direction: directionOf(header.packetType),
		interfaceIndex: header.interfaceIndex,
	};
	return { ok: true, value };
}

/**
 * Linux from 6.10 on takes one tag off a frame with two and gives the EtherType behind both, while the inner tag still
 * stands before the packet (af_packet, `vlan_get_protocol_dgram`). The version of the packet tells.
 */
function removeHiddenTag(untagged: Untagged): Untagged {
	const { etherType, payload, vlans } = untagged;
	const version = etherType === ETHER_TYPE.ipv4 ? 4 : etherType === ETHER_TYPE.ipv6 ? 6 : undefined;
	if (version === undefined || versionAt(payload, 0) === version) return untagged;
	const isTag = payload.length > 4 && u16At(payload, 2) === etherType;
	if (!isTag || versionAt(payload, 4) !== version) return untagged;
	return { etherType, payload: payload.subarray(4), vlans: [...vlans, u16At(payload, 0) & 0x0fff] };
}

function versionAt(bytes: Uint8Array, at: number): number {
	return (bytes[at] ?? 0) >> 4;
}

/** 0 to us, 1 broadcast, 2 multicast, 3 between others (a mirror port), 4 sent by us. */
function directionOf(packetType: number): 'inbound' | 'outbound' | undefined {
	if (packetType === 4) return 'outbound';
	return packetType <= 2 ? 'inbound' : undefined;
}
