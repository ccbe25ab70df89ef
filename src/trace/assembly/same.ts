/* Bytes and values held against each other where they lie. */
import { EXCHANGE_VALUES, VALUE_SIZE } from './layout';
import { digitOf } from './md5';

const SPACE: i32 = 0x20;

/** By sixteen bytes, of which the last ones may have been looked at already. */
export function isSame(a: i32, b: i32, length: i32): bool {
	if (length >= 16) {
		const last = length - 16;
		for (let offset = 0; offset < last; offset += 16) {
			if (!isSame16(a + offset, b + offset)) return false;
		}
		return isSame16(a + last, b + last);
	}
	if (length >= 4) {
		const last = length - 4;
		for (let offset = 0; offset < last; offset += 4) {
			if (load<u32>(a + offset) !== load<u32>(b + offset)) return false;
		}
		return load<u32>(a + last) === load<u32>(b + last);
	}
	for (let offset = 0; offset < length; offset += 1) {
		if (load<u8>(a + offset) !== load<u8>(b + offset)) return false;
	}
	return true;
}

function isSame16(a: i32, b: i32): bool {
	return !v128.any_true(v128.xor(v128.load(a), v128.load(b)));
}

/** Where a value of an exchange begins. */
export function startOf(exchange: i32, value: i32): i32 {
	return load<i32>(exchange + EXCHANGE_VALUES + value * VALUE_SIZE);
}

/** Behind a value of an exchange. */
export function endOf(exchange: i32, value: i32): i32 {
	return load<i32>(exchange + EXCHANGE_VALUES + value * VALUE_SIZE + 4);
}

/** Whether what lies from `start` to `end` is the same as a value. */
export function isAt(exchange: i32, value: i32, start: i32, end: i32): bool {
	const from = startOf(exchange, value);
	const length = endOf(exchange, value) - from;
	return length === end - start && isSame(start, from, length);
}

export function isSameValue(a: i32, valueA: i32, b: i32, valueB: i32): bool {
	return isAt(b, valueB, startOf(a, valueA), endOf(a, valueA));
}

/** The number that a value begins with, behind blanks; 0 where there is none. */
export function numberAt(exchange: i32, value: i32, radix: u32): f64 {
	if (value < 0) return 0;
	let at = startOf(exchange, value);
	const end = endOf(exchange, value);
	while (at < end && load<u8>(at) === SPACE) at += 1;
	let number: f64 = 0;
	for (; at < end; at += 1) {
		const digit = digitOf(load<u8>(at));
		if (digit >= radix) break;
		number = number * (radix as f64) + (digit as f64);
	}
	return number;
}
