/** Link layers other than Ethernet, built from values. */
import type { ByteOrder } from '../../src/bytes/integers.js';
import { numbers } from './capture-bytes.js';
import { bytesOf } from './packet-bytes.js';

export const PHONE_MAC = [0, 0, 0x5e, 0, 0x53, 1];
export const SERVER_MAC = [0, 0, 0x5e, 0, 0x53, 2];
const ACCESS_POINT = [0, 0, 0x5e, 0, 0x53, 0xfe];
const OTHER_ACCESS_POINT = [0, 0, 0x5e, 0, 0x53, 0xfd];
const SNAP = [0xaa, 0xaa, 3, 0, 0, 0];

export const be16 = (value: number) => [value >> 8, value & 0xff];

export interface WifiFields {
	/** To the access point, from it, or from one to another (four addresses). */
	readonly way?: 'to' | 'from' | 'between';
	readonly qos?: boolean;
	readonly htControl?: boolean;
	readonly isPadded?: boolean;
	readonly isProtected?: boolean;
	readonly isAggregate?: boolean;
	readonly fragment?: number;
}

/** A data frame of IEEE 802.11, from the phone, or to it where it comes from the access point alone. */
export function wifi(body: Uint8Array, fields: WifiFields = {}): Buffer {
	const { way = 'to', htControl = false, isAggregate = false, isProtected = false } = fields;
	const hasQos = fields.qos === true || htControl || isAggregate;
	const flags = { to: 1, from: 2, between: 3 }[way] | (isProtected ? 0x40 : 0);
	const addresses = {
		to: [ACCESS_POINT, PHONE_MAC, SERVER_MAC],
		from: [PHONE_MAC, ACCESS_POINT, SERVER_MAC],
		between: [ACCESS_POINT, OTHER_ACCESS_POINT, SERVER_MAC],
	}[way];
	const header = bytesOf(
		[hasQos ? 0x88 : 0x08, flags | (htControl ? 0x80 : 0), 0, 0],
		...addresses,
		[fields.fragment ?? 0, 0],
		way === 'between' ? PHONE_MAC : [],
		hasQos ? [isAggregate ? 0x80 : 0, 0] : [],
		htControl ? [0, 0, 0, 0] : [],
	);
	const padding = fields.isPadded === true ? (4 - (header.length % 4)) % 4 : 0;
	return bytesOf(header, Buffer.alloc(padding), body);
}

/** LLC and SNAP before a packet. */
export function llc(packet: Uint8Array, etherType = 0x0800): Buffer {
	return bytesOf(SNAP, be16(etherType), packet);
}

/** What an A-MSDU carries: packets with addresses of their own, all but the last padded. */
export function aggregate(...packets: readonly Uint8Array[]): Buffer {
	const subframes = packets.map((packet, index) => {
		const body = llc(packet);
		const padding = index === packets.length - 1 ? 0 : (4 - ((14 + body.length) % 4)) % 4;
		return bytesOf(SERVER_MAC, PHONE_MAC, be16(body.length), body, Buffer.alloc(padding));
	});
	return Buffer.concat(subframes);
}

/** With a time and flags. */
export function radiotap(frame: Uint8Array, flags = 0): Buffer {
	return bytesOf([0, 0, 17, 0, 3, 0, 0, 0], Buffer.alloc(8), flags, frame);
}

export function prism(frame: Uint8Array, order: ByteOrder = 'little'): Buffer {
	return bytesOf(numbers(order, [4, 0x44], [4, 144]), 'wlan0', Buffer.alloc(131), frame);
}

export function avs(frame: Uint8Array): Buffer {
	return bytesOf(numbers('big', [4, 0x80211001], [4, 64]), Buffer.alloc(56), frame);
}

export function ppi(linkType: number, frame: Uint8Array): Buffer {
	return bytesOf([0, 0, 8, 0], numbers('little', [4, linkType]), frame);
}

/** Flags 1: it came in, 2: it was sent. */
export function pktap(linkType: number, flags: number, frame: Uint8Array): Buffer {
	const start = numbers('little', [4, 108], [4, 1], [4, linkType]);
	const behind = numbers('little', [4, flags]);
	return bytesOf(start, 'en0', Buffer.alloc(21), behind, Buffer.alloc(68), frame);
}

export function nflog(order: ByteOrder, packet: Uint8Array, family = 2): Buffer {
	const attribute = (type: number, value: Uint8Array) =>
		bytesOf(
			numbers(order, [2, 4 + value.length], [2, type]),
			value,
			Buffer.alloc((4 - (value.length % 4)) % 4),
		);
	return bytesOf(
		[family, 0, 0, 5],
		attribute(1, bytesOf([8, 0, 1, 0])),
		attribute(10, bytesOf('log', 0)),
		attribute(8, bytesOf([0, 6, 0, 0], PHONE_MAC, [0, 0])),
		attribute(9, packet),
	);
}

/** Of the 61 bytes that FreeBSD has, and three of padding. */
export function pflog(packet: Uint8Array, family = 2): Buffer {
	return bytesOf([61, family, 0, 0], 'em0', Buffer.alloc(13 + 16 + 28), packet);
}

export function pppoe(packet: Uint8Array): Buffer {
	return bytesOf([0x11, 0, 0, 7], be16(packet.length + 2), [0, 0x21], packet);
}
