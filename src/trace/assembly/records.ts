/*
 * The records of a capture file, one behind the other, as far as they are plain, whole and follow in time; what is odd is
 * for capture/pcap.ts (draft-ietf-opsawg-pcap §5) and capture/pcapng.ts (draft-ietf-opsawg-pcapng §4.3) alone.
 */

const PCAP_HEADER_BYTES: i32 = 16;

const ENHANCED_PACKET: u32 = 6;
const BLOCK_HEADER_BYTES: i32 = 28;
const BLOCK_LENGTH_BYTES: i32 = 4;
/** As `MAX_RECORD_BYTES` in capture/frame-reader.ts. */
const MAX_BLOCK_BYTES: u32 = 16_777_216;

/** As `BACKWARDS_TOLERANCE_US` in capture/frame-reader.ts. */
const BACKWARDS_TOLERANCE: f64 = 100_000;

/** Up to here a number is exact. */
const MAX_MICROSECONDS: f64 = 9_007_199_254_740_991;

/** How the records are written, as `RecordForm` in capture/frame-reader.ts. */
let isPcapng: bool = false;
let isLittleEndian: bool = true;
let blockInterface: u32 = 0;
let limit: u32 = 0;
let unitsPerMicrosecond: u64 = 1;
let offset: f64 = 0;

/** The frame of the record that was read last, and its time in microseconds. */
export let record: i32 = 0;
export let recordEnd: i32 = 0;
export let recordAt: f64 = 0;

let at: i32 = 0;
let next: i32 = 0;
let rowEnd: i32 = 0;
let number: f64 = 0;
let lastAt: f64 = 0;

export function setRecordForm(
	ofPcapng: bool,
	littleEndian: bool,
	interfaceOfBlocks: u32,
	capturedLimit: u32,
	units: u32,
	micros: f64,
): void {
	isPcapng = ofPcapng;
	isLittleEndian = littleEndian;
	blockInterface = interfaceOfBlocks;
	limit = capturedLimit;
	unitsPerMicrosecond = units;
	offset = micros;
}

/** Records from `start` to `end`; the frame of the first one has this number, the one before it that time. */
export function beginRow(start: i32, end: i32, first: f64, time: f64): void {
	at = start;
	rowEnd = end;
	number = first;
	lastAt = time;
}

/** Reads the next record: false where it is not plain, or is back in time. */
export function isRecord(): bool {
	return (isPcapng ? isPacketBlock() : isPcapRecord()) && lastAt - recordAt <= BACKWARDS_TOLERANCE;
}

function isPcapRecord(): bool {
	if (rowEnd - at < PCAP_HEADER_BYTES) return false;
	const length = u32At(at + 8);
	record = at + PCAP_HEADER_BYTES;
	if (length > limit || length > u32(rowEnd - record) || length !== u32At(at + 12)) return false;
	recordEnd = record + length;
	next = recordEnd;
	const fraction: u64 = u32At(at + 4);
	recordAt = f64(u32At(at)) * 1_000_000 + f64(fraction / unitsPerMicrosecond);
	return true;
}

/** An enhanced packet block without options. */
function isPacketBlock(): bool {
	if (rowEnd - at < BLOCK_HEADER_BYTES + BLOCK_LENGTH_BYTES) return false;
	if (u32At(at) !== ENHANCED_PACKET || u32At(at + 8) !== blockInterface) return false;
	const size = u32At(at + 4);
	if (size > MAX_BLOCK_BYTES || size > u32(rowEnd - at) || size % 4 !== 0) return false;
	const length = u32At(at + 20);
	if (length > limit || length !== u32At(at + 24)) return false;
	if (size !== BLOCK_HEADER_BYTES + ((length + 3) & ~3) + BLOCK_LENGTH_BYTES) return false;
	if (u32At(at + size - BLOCK_LENGTH_BYTES) !== size) return false;
	const units = ((u32At(at + 12) as u64) << 32) | (u32At(at + 16) as u64);
	const micros = f64(units / unitsPerMicrosecond);
	recordAt = micros + offset;
	if (micros > MAX_MICROSECONDS || abs(recordAt) > MAX_MICROSECONDS) return false;
	record = at + BLOCK_HEADER_BYTES;
	recordEnd = record + length;
	next = at + size;
	return true;
}

/** The record that was read last is held. */
export function nextRecord(): void {
	at = next;
	number += 1;
	lastAt = recordAt;
}

/** Where the first record begins that is not held. */
export function rowAt(): i32 {
	return at;
}

/** The number of its frame. */
export function rowNumber(): f64 {
	return number;
}

/** The time of the frame before it, in microseconds. */
export function rowLastAt(): f64 {
	return lastAt;
}

function u32At(from: i32): u32 {
	const value = load<u32>(from);
	return isLittleEndian ? value : bswap<u32>(value);
}
