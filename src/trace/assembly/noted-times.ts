/*
 * When the messages of exchanges were seen of which nothing but that is counted: noted one behind the other, as f64, and
 * read by trace/noted-times.ts before anything else is told.
 */
import { countOf, numberOf, timeOf } from './exchange';

const ROOM: i32 = 32_768;
/** What they are noted as, and the number of the last frame. */
const HEAD_BYTES: i32 = 16;

export const notedTimes = memory.data(32_768, 16) as i32;
let used: i32 = 0;

/** False where there is no room before they are read. */
export function note(exchange: i32, as: i32): bool {
	const count = countOf(exchange);
	if (used + HEAD_BYTES + count * 8 > ROOM) return false;
	const at = notedTimes + used;
	store<f64>(at, as as f64);
	store<f64>(at + 8, numberOf(exchange, count - 1));
	for (let message = 0; message < count; message += 1)
		store<f64>(at + HEAD_BYTES + message * 8, timeOf(exchange, message));
	used += HEAD_BYTES + count * 8;
	return true;
}

/** Bytes that are noted. */
export function notedBytes(): i32 {
	return used;
}

/** They were read. */
export function clearNoted(): void {
	used = 0;
}
