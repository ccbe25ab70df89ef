/*
 * The blocks of pcapng that we read (draft-ietf-opsawg-pcapng §4), from the bytes between their two length fields.
 * No state and no I/O: pcapng.ts walks the file.
 */
import { Cursor } from '../bytes/cursor.js';
import { type ByteOrder, u32At } from '../bytes/integers.js';
import type { Parsed } from '../bytes/malformed.js';
import {
	MICROSECONDS,
	type TimestampResolution,
	timestampResolution,
} from './timestamp-resolution.js';

export const BLOCK = {
	section: 0x0a0d_0d0a,
	interface: 1,
	/** The obsolete Packet Block, still found in old files. */
	packet: 2,
	simplePacket: 3,
	statistics: 5,
	enhancedPacket: 6,
} as const;

/** What the byte-order magic of the section header at `at` says; undefined where it is none. */
export function sectionOrder(run: Uint8Array, at: number): ByteOrder | undefined {
	switch (u32At(run, at + 8)) {
		case 0x1a2b_3c4d:
			return 'big';
		case 0x4d3c_2b1a:
			return 'little';
		default:
			return undefined;
	}
}

/** Blocks that carry no packet for us, yet that Wireshark numbers as frames: systemd journal entries, custom blocks. */
export const OTHER_NUMBERED_BLOCKS: ReadonlySet<number> = new Set([9, 0x0bad, 0x4000_0bad]);

/** Of an interface statistics block. */
const STATISTICS = { interfaceDrops: 5, systemDrops: 7 } as const;

const OPTION = { end: 0, comment: 1, packetFlags: 2, tsresol: 9, tsoffset: 14 } as const;

/** A hostile block can hold a million empty options. */
const MAX_OPTIONS = 256;

export interface Interface {
	readonly linkType: number;
	readonly snaplen: number;
	readonly resolution: TimestampResolution;
}

export interface PacketBlock {
	readonly interfaceId: number;
	readonly timestampHigh: number;
	readonly timestampLow: number;
	readonly originalLength: number;
	readonly bytes: Uint8Array;
	readonly direction: 'inbound' | 'outbound' | undefined;
	readonly comments: readonly string[];
}

const NONE: readonly string[] = [];

/** Interface description block (§4.2). */
export function parseInterface(body: Uint8Array, order: ByteOrder): Parsed<Interface> {
	const cursor = new Cursor(body, 'pcapng interface', 'block total length', order);
	cursor.require(8);
	const linkType = cursor.u16();
	cursor.skip(2);
	const snaplen = cursor.u32();
	let tsresol: number | undefined;
	let offsetSeconds = 0;
	readOptions(cursor, order, (code, value) => {
		if (code === OPTION.tsresol && value.length >= 1) tsresol = value[0];
		if (code === OPTION.tsoffset && value.length >= 8) offsetSeconds = signed64(value, order);
	});
	const resolution =
		tsresol === undefined
			? { ...MICROSECONDS, offsetSeconds }
			: timestampResolution(tsresol, offsetSeconds);
	return cursor.result({ linkType, snaplen, resolution });
}

/** Enhanced packet block (§4.3) and obsolete packet block (appendix A), which differ in their first eight bytes. */
export function parsePacket(
	body: Uint8Array,
	order: ByteOrder,
	obsolete: boolean,
): Parsed<PacketBlock> {
	const cursor = new Cursor(body, 'pcapng packet', 'block total length', order);
	cursor.require(20);
	const interfaceId = obsolete ? cursor.u16() : cursor.u32();
	if (obsolete) cursor.skip(2);
	const timestampHigh = cursor.u32();
	const timestampLow = cursor.u32();
	const capturedLength = cursor.u32();
	const originalLength = cursor.u32();
	const bytes = cursor.take(capturedLength);
	cursor.skip(Math.min((4 - (capturedLength % 4)) % 4, cursor.remaining));
	const options = cursor.remaining > 0 ? packetOptions(cursor, order) : undefined;
	return cursor.result({
		interfaceId,
		timestampHigh,
		timestampLow,
		originalLength,
		bytes,
		direction: options?.direction,
		comments: options?.comments ?? NONE,
	});
}

/** Simple packet block (§4.4): the first interface's, without a time; its captured length is what the snaplen left. */
export function parseSimplePacket(
	body: Uint8Array,
	order: ByteOrder,
	snaplen: number,
): Parsed<{ originalLength: number; bytes: Uint8Array }> {
	const cursor = new Cursor(body, 'pcapng simple packet', 'block total length', order);
	const originalLength = cursor.u32();
	const wanted = snaplen === 0 ? originalLength : Math.min(originalLength, snaplen);
	const bytes = cursor.take(Math.min(wanted, cursor.remaining));
	return cursor.result({ originalLength, bytes });
}

/** Interface statistics block (§4.6): how many packets of an interface were dropped until then, and by whom. */
export function parseStatistics(
	body: Uint8Array,
	order: ByteOrder,
): Parsed<{ interfaceId: number; dropped: number }> {
	const cursor = new Cursor(body, 'pcapng statistics', 'block total length', order);
	cursor.require(12);
	const interfaceId = cursor.u32();
	cursor.skip(8);
	let dropped = 0;
	readOptions(cursor, order, (code, value) => {
		const isDrops = code === STATISTICS.interfaceDrops || code === STATISTICS.systemDrops;
		if (isDrops && value.length >= 8) dropped += Math.max(0, signed64(value, order));
	});
	return cursor.result({ interfaceId, dropped: Math.min(dropped, Number.MAX_SAFE_INTEGER) });
}

function packetOptions(
	cursor: Cursor,
	order: ByteOrder,
): { direction: 'inbound' | 'outbound' | undefined; comments: readonly string[] } {
	const comments: string[] = [];
	let direction: 'inbound' | 'outbound' | undefined;
	readOptions(cursor, order, (code, value) => {
		if (code === OPTION.comment) comments.push(Buffer.from(value).toString('utf8'));
		if (code === OPTION.packetFlags && value.length >= 4) {
			const bits = (order === 'little' ? (value[0] ?? 0) : (value[3] ?? 0)) & 0b11;
			if (bits === 1) direction = 'inbound';
			if (bits === 2) direction = 'outbound';
		}
	});
	return { direction, comments };
}

/** Options run to the block's end or to opt_endofopt. One that is cut ends them: what stood before it still holds. */
function readOptions(
	cursor: Cursor,
	order: ByteOrder,
	onOption: (code: number, value: Uint8Array) => void,
): void {
	const options = new Cursor(cursor.rest(), 'pcapng option', 'block total length', order);
	for (let count = 0; count < MAX_OPTIONS && options.remaining >= 4; count += 1) {
		const code = options.u16();
		const length = options.u16();
		const value = options.take(length);
		if (code === OPTION.end || options.failed) return;
		options.skip(Math.min((4 - (length % 4)) % 4, options.remaining));
		onOption(code, value);
	}
}

function signed64(value: Uint8Array, order: ByteOrder): number {
	const view = new DataView(value.buffer, value.byteOffset, 8);
	return Number(view.getBigInt64(0, order === 'little'));
}
