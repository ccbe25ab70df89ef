/* Frames that were told, copied until it is known whether others are like them. */
import { addFrame } from './exchange';
import {
	COPY_AT,
	COPY_BYTES,
	COPY_INTERFACE,
	COPY_LINK_TYPE,
	COPY_NUMBER,
	COPY_PAYLOAD,
	COPY_PAYLOAD_END,
	COPY_SIZE,
} from './layout';

/** Of a frame that lies somewhere else. */
export function copyOf(
	frame: i32,
	size: i32,
	payload: i32,
	payloadEnd: i32,
	linkType: i32,
	interfaceId: i32,
	number: f64,
	at: f64,
): i32 {
	const copy = heap.alloc(COPY_BYTES + size) as i32;
	store<i32>(copy + COPY_SIZE, size);
	store<i32>(copy + COPY_PAYLOAD, payload - frame);
	store<i32>(copy + COPY_PAYLOAD_END, payloadEnd - frame);
	store<i32>(copy + COPY_LINK_TYPE, linkType);
	store<i32>(copy + COPY_INTERFACE, interfaceId);
	store<f64>(copy + COPY_NUMBER, number);
	store<f64>(copy + COPY_AT, at);
	memory.copy(copy + COPY_BYTES, frame, size);
	return copy;
}

export function freeCopy(copy: i32): void {
	heap.free(copy);
}

/** Adds it to an exchange; false where it is too long, or where there is no room. */
export function addCopy(exchange: i32, copy: i32): bool {
	const size = copySizeOf(copy);
	const frame = addFrame(
		exchange,
		size,
		load<i32>(copy + COPY_PAYLOAD),
		load<i32>(copy + COPY_PAYLOAD_END),
		load<i32>(copy + COPY_LINK_TYPE),
		load<i32>(copy + COPY_INTERFACE),
		load<f64>(copy + COPY_NUMBER),
		load<f64>(copy + COPY_AT),
	);
	if (frame === 0) return false;
	memory.copy(frame, copy + COPY_BYTES, size);
	return true;
}

/** Bytes of its frame. */
export function copySizeOf(copy: i32): i32 {
	return load<i32>(copy + COPY_SIZE);
}

/** Where its message begins. */
export function copyStartOf(copy: i32): i32 {
	return copy + COPY_BYTES + load<i32>(copy + COPY_PAYLOAD);
}

/** Behind its message. */
export function copyEndOf(copy: i32): i32 {
	return copy + COPY_BYTES + load<i32>(copy + COPY_PAYLOAD_END);
}

/** Wireshark's number of its frame. */
export function copyNumberOf(copy: i32): f64 {
	return load<f64>(copy + COPY_NUMBER);
}
