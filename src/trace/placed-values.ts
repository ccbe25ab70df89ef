/* Values where they lie in the bytes of a capture: found, compared and read without a text being made of them. */
import type { FreshValue } from '../sip/fresh-values.js';
import { isEnd } from '../sip/skeleton.js';

/** In place of a number or an offset. */
export const NONE = -1;
const LF = 0x0a;
const SPACE = 0x20;
const QUOTE = 0x22;

/** By byte: 1 where a value that is not quoted ends, as in skeleton.ts. */
const SEPARATORS = Uint8Array.from({ length: 256 }, (_, byte) => (isEnd(byte) ? 1 : 0));

/** Bytes with values in them, told by their numbers. */
export interface PlacedValues {
	readonly bytes: Uint8Array;
	/** Of the same bytes. */
	readonly view: DataView;
	/** By value: its start, and behind its end. */
	readonly values: Int32Array;
}

/** Where a value that begins at `start` ends; -1 where it does not. */
export function endOfValue(
	bytes: Uint8Array,
	start: number,
	limit: number,
	ends: FreshValue['ends'],
): number {
	let at = start;
	if (ends === 'separator') while (at < limit && SEPARATORS[bytes[at] ?? 0] === 0) at += 1;
	else {
		const last = ends === 'quote' ? QUOTE : LF;
		while (at < limit && bytes[at] !== last) at += 1;
	}
	return at < limit ? at : NONE;
}

/**
 * By sixteen bytes, or by four, of which the last ones may have been looked at already: most of what is read of a large
 * capture goes through here, and what is left over one by one would take as long as all before it.
 */
export function isSame(
	a: DataView,
	atA: number,
	b: DataView,
	atB: number,
	length: number,
): boolean {
	if (length >= 16) {
		const last = length - 16;
		for (let offset = 0; offset < last; offset += 16)
			if (!isSame16(a, atA + offset, b, atB + offset)) return false;
		return isSame16(a, atA + last, b, atB + last);
	}
	if (length >= 4) {
		const last = length - 4;
		for (let offset = 0; offset < last; offset += 4)
			if (a.getInt32(atA + offset) !== b.getInt32(atB + offset)) return false;
		return a.getInt32(atA + last) === b.getInt32(atB + last);
	}
	for (let offset = 0; offset < length; offset += 1)
		if (a.getUint8(atA + offset) !== b.getUint8(atB + offset)) return false;
	return true;
}

function isSame16(a: DataView, atA: number, b: DataView, atB: number): boolean {
	const differing =
		(a.getInt32(atA) ^ b.getInt32(atB)) |
		(a.getInt32(atA + 4) ^ b.getInt32(atB + 4)) |
		(a.getInt32(atA + 8) ^ b.getInt32(atB + 8)) |
		(a.getInt32(atA + 12) ^ b.getInt32(atB + 12));
	return differing === 0;
}

export function isSameValue(
	a: PlacedValues,
	valueA: number,
	b: PlacedValues,
	valueB: number,
): boolean {
	const [startA, startB] = [a.values[valueA * 2] ?? 0, b.values[valueB * 2] ?? 0];
	const length = (a.values[valueA * 2 + 1] ?? 0) - startA;
	return (
		length === (b.values[valueB * 2 + 1] ?? 0) - startB &&
		isSame(a.view, startA, b.view, startB, length)
	);
}

export function lengthOf({ values }: PlacedValues, value: number): number {
	return (values[value * 2 + 1] ?? 0) - (values[value * 2] ?? 0);
}

/** Whether what lies in the same bytes from `start` to `end` is the same as a value. */
export function isAt(exchange: PlacedValues, value: number, start: number, end: number): boolean {
	const { view, values } = exchange;
	const length = lengthOf(exchange, value);
	return length === end - start && isSame(view, start, view, values[value * 2] ?? 0, length);
}

/** The number that a value begins with, behind blanks; 0 where there is none. */
export function numberAt(exchange: PlacedValues, value: number, radix: 10 | 16): number {
	let at = exchange.values[value * 2] ?? 0;
	const end = exchange.values[value * 2 + 1] ?? 0;
	while (at < end && exchange.bytes[at] === SPACE) at += 1;
	let number = 0;
	for (; at < end; at += 1) {
		const digit = digitOf(exchange.bytes[at] ?? 0);
		if (digit >= radix) break;
		number = number * radix + digit;
	}
	return number;
}

/** Of a hexadecimal number; 16 for what is no digit. */
function digitOf(byte: number): number {
	if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
	const lower = byte | 0x20;
	return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : 16;
}
