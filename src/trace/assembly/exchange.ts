/* The frames of one exchange, copied out of the capture, with where their messages and fresh values lie. */
import {
	EXCHANGE_BYTES,
	EXCHANGE_COUNT,
	EXCHANGE_FACTS,
	EXCHANGE_LIMIT,
	EXCHANGE_MESSAGES,
	EXCHANGE_PLACES,
	EXCHANGE_USED,
	EXCHANGE_VALUES,
	FACTS_SIZE,
	PLACE_FRAME,
	PLACE_FRAME_END,
	PLACE_INTERFACE,
	PLACE_LINK_TYPE,
	PLACE_PAYLOAD,
	PLACE_PAYLOAD_END,
	PLACE_SIZE,
	VALUE_SIZE,
} from './layout';

/** What goes over UDP is seldom longer, as it would be fragmented (RFC 3261 §18.1.1). */
const MAX_FRAME_BYTES: i32 = 2_048;

/** For values that grow, a sequence number by a digit or a nonce by some. */
const GROWTH: i32 = 64;

/** And for other phones of the same form. */
const SLACK: i32 = 2 * GROWTH;

/** Room for so many messages and values, in frames of about `size` bytes altogether. */
export function newExchange(size: i32, messages: i32, values: i32): i32 {
	const bytes = EXCHANGE_VALUES + values * VALUE_SIZE;
	const end = bytes + size + SLACK;
	const exchange = heap.alloc(end) as i32;
	store<i32>(exchange + EXCHANGE_BYTES, exchange + bytes);
	store<i32>(exchange + EXCHANGE_LIMIT, exchange + end);
	store<i32>(exchange + EXCHANGE_MESSAGES, messages);
	clearExchange(exchange);
	return exchange;
}

export function freeExchange(exchange: i32): void {
	heap.free(exchange);
}

export function clearExchange(exchange: i32): void {
	store<i32>(exchange + EXCHANGE_COUNT, 0);
	store<i32>(exchange + EXCHANGE_USED, load<i32>(exchange + EXCHANGE_BYTES));
}

/** Makes room for the bytes of a frame, whose payload begins and ends so far behind its start; 0 where there is none. */
export function addFrame(
	exchange: i32,
	size: i32,
	payload: i32,
	payloadEnd: i32,
	linkType: i32,
	interfaceId: i32,
	number: f64,
	at: f64,
): i32 {
	const count = countOf(exchange);
	const used = load<i32>(exchange + EXCHANGE_USED);
	if (size > MAX_FRAME_BYTES || used + size > load<i32>(exchange + EXCHANGE_LIMIT)) return 0;
	if (count >= load<i32>(exchange + EXCHANGE_MESSAGES)) return 0;
	const place = placeOf(exchange, count);
	store<i32>(place + PLACE_FRAME, used);
	store<i32>(place + PLACE_PAYLOAD, used + payload);
	store<i32>(place + PLACE_PAYLOAD_END, used + payloadEnd);
	store<i32>(place + PLACE_FRAME_END, used + size);
	store<i32>(place + PLACE_LINK_TYPE, linkType);
	store<i32>(place + PLACE_INTERFACE, interfaceId);
	const facts = exchange + EXCHANGE_FACTS + count * FACTS_SIZE;
	store<f64>(facts, number);
	store<f64>(facts + 8, at);
	store<i32>(exchange + EXCHANGE_USED, used + size);
	store<i32>(exchange + EXCHANGE_COUNT, count + 1);
	return used;
}

/** Lets go of the frame that was added last. */
export function removeLast(exchange: i32): void {
	const last = countOf(exchange) - 1;
	store<i32>(exchange + EXCHANGE_COUNT, last);
	store<i32>(exchange + EXCHANGE_USED, frameStartOf(exchange, last));
}

export function countOf(exchange: i32): i32 {
	return load<i32>(exchange + EXCHANGE_COUNT);
}

/** Bytes of its frames. */
export function usedOf(exchange: i32): i32 {
	return load<i32>(exchange + EXCHANGE_USED) - load<i32>(exchange + EXCHANGE_BYTES);
}

/** Whether an exchange of about `size` bytes will find room. */
export function isRoomFor(exchange: i32, size: i32): bool {
	const room = load<i32>(exchange + EXCHANGE_LIMIT) - load<i32>(exchange + EXCHANGE_BYTES);
	return room >= size + GROWTH;
}

export function numberOf(exchange: i32, message: i32): f64 {
	return load<f64>(exchange + EXCHANGE_FACTS + message * FACTS_SIZE);
}

/** Microseconds. */
export function timeOf(exchange: i32, message: i32): f64 {
	return load<f64>(exchange + EXCHANGE_FACTS + message * FACTS_SIZE + 8);
}

/** Where the frame of a message begins. */
export function frameStartOf(exchange: i32, message: i32): i32 {
	return load<i32>(placeOf(exchange, message) + PLACE_FRAME);
}

/** Behind it. */
export function frameEndOf(exchange: i32, message: i32): i32 {
	return load<i32>(placeOf(exchange, message) + PLACE_FRAME_END);
}

export function messageStartOf(exchange: i32, message: i32): i32 {
	return load<i32>(placeOf(exchange, message) + PLACE_PAYLOAD);
}

export function messageEndOf(exchange: i32, message: i32): i32 {
	return load<i32>(placeOf(exchange, message) + PLACE_PAYLOAD_END);
}

export function linkTypeOf(exchange: i32, message: i32): i32 {
	return load<i32>(placeOf(exchange, message) + PLACE_LINK_TYPE);
}

export function interfaceOf(exchange: i32, message: i32): i32 {
	return load<i32>(placeOf(exchange, message) + PLACE_INTERFACE);
}

export function setValue(exchange: i32, value: i32, start: i32, end: i32): void {
	store<i32>(exchange + EXCHANGE_VALUES + value * VALUE_SIZE, start);
	store<i32>(exchange + EXCHANGE_VALUES + value * VALUE_SIZE + 4, end);
}

function placeOf(exchange: i32, message: i32): i32 {
	return exchange + EXCHANGE_PLACES + message * PLACE_SIZE;
}
