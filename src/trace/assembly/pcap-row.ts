/*
 * The records of a classic pcap file, one behind the other, as far as they are whole and follow in time; what is odd is
 * for capture/pcap.ts alone (draft-ietf-opsawg-pcap §5).
 */

const RECORD_HEADER_BYTES: i32 = 16;

/** As `BACKWARDS_TOLERANCE_US` in capture/frame-reader.ts. */
const BACKWARDS_TOLERANCE: f64 = 1_000_000;

/** The frame of the record that was read last, and its time in microseconds. */
export let record: i32 = 0;
export let recordEnd: i32 = 0;
export let recordAt: f64 = 0;

let at: i32 = 0;
let rowEnd: i32 = 0;
let number: f64 = 0;
let lastAt: f64 = 0;

/** Records from `start` to `end`; the frame of the first one has this number, the one before it that time. */
export function beginRow(start: i32, end: i32, first: f64, time: f64): void {
	at = start;
	rowEnd = end;
	number = first;
	lastAt = time;
}

/** Reads the next record: false where it is not whole, was cut, or is back in time. */
export function isRecord(isLittleEndian: bool, hasNanoseconds: bool, limit: u32): bool {
	record = at + RECORD_HEADER_BYTES;
	if (record > rowEnd) return false;
	const length = u32At(at + 8, isLittleEndian);
	if (length > limit || length !== u32At(at + 12, isLittleEndian)) return false;
	recordEnd = record + length;
	if (recordEnd > rowEnd) return false;
	const fraction = u32At(at + 4, isLittleEndian);
	const micros = hasNanoseconds ? fraction / 1_000 : fraction;
	recordAt = (u32At(at, isLittleEndian) as f64) * 1_000_000 + (micros as f64);
	return lastAt - recordAt <= BACKWARDS_TOLERANCE;
}

/** The record that was read last is held. */
export function nextRecord(): void {
	at = recordEnd;
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

function u32At(from: i32, isLittleEndian: bool): u32 {
	const value = load<u32>(from);
	return isLittleEndian ? value : bswap<u32>(value);
}
