/*
 * The digest of a REGISTER of which all but what is made anew is known (RFC 7616 §3.4.1): one MD5 is left to compute.
 * Other algorithms are for trace/recogniser.ts.
 */
import {
	DIGEST_BEFORE,
	DIGEST_BEHIND,
	DIGEST_BYTES,
	DIGEST_HAS_COUNT,
	DIGEST_IS_RIGHT,
	MAX_MESSAGES,
	STEP_CNONCE,
	STEP_NC,
	STEP_NONCE,
	STEP_RESPONSE,
} from './layout';
import { addByte, addText, clearText, isMd5 } from './md5';
import { endOf, startOf } from './same';
import { stepOf } from './template';

const COLON: i32 = 0x3a;

/** Room for what the digests of the messages of an exchange are made of; none is there until it is set. */
export function newDigests(): i32 {
	const digests = heap.alloc(MAX_MESSAGES * 4) as i32;
	memory.fill(digests, 0, MAX_MESSAGES * 4);
	return digests;
}

/** Gives where the `before` and `behind` bytes of what is not made anew are to be written, one behind the other. */
export function setDigest(
	digests: i32,
	message: i32,
	isRight: i32,
	hasCount: i32,
	before: i32,
	behind: i32,
): i32 {
	const digest = heap.alloc(DIGEST_BYTES + before + behind) as i32;
	store<i32>(digest + DIGEST_IS_RIGHT, isRight);
	store<i32>(digest + DIGEST_HAS_COUNT, hasCount);
	store<i32>(digest + DIGEST_BEFORE, before);
	store<i32>(digest + DIGEST_BEHIND, behind);
	store<i32>(digests + message * 4, digest);
	return digest + DIGEST_BYTES;
}

export function freeDigests(digests: i32): void {
	for (let message = 0; message < MAX_MESSAGES; message += 1) {
		const digest = digestOf(digests, message);
		if (digest !== 0) heap.free(digest);
	}
	heap.free(digests);
}

/** What the digest of a message is made of; 0 where that is not set. */
export function digestOf(digests: i32, message: i32): i32 {
	return load<i32>(digests + message * 4);
}

/** Whether the digest of a message is what it is to be: right, or as wrong as it was. */
export function isExpected(digest: i32, template: i32, message: i32, exchange: i32): bool {
	const step = stepOf(template, message);
	const before = digest + DIGEST_BYTES;
	const behind = before + load<i32>(digest + DIGEST_BEFORE);
	clearText();
	if (!addText(before, behind) || !addValue(exchange, load<i32>(step + STEP_NONCE))) return false;
	if (load<i32>(digest + DIGEST_HAS_COUNT) !== 0) {
		if (!addByte(COLON) || !addValue(exchange, load<i32>(step + STEP_NC))) return false;
		if (!addByte(COLON) || !addValue(exchange, load<i32>(step + STEP_CNONCE))) return false;
	}
	if (!addText(behind, behind + load<i32>(digest + DIGEST_BEHIND))) return false;
	const response = load<i32>(step + STEP_RESPONSE);
	const isRight = response >= 0 && isMd5(startOf(exchange, response), endOf(exchange, response));
	return isRight === (load<i32>(digest + DIGEST_IS_RIGHT) !== 0);
}

/** Nothing for number -1. */
function addValue(exchange: i32, value: i32): bool {
	return value < 0 || addText(startOf(exchange, value), endOf(exchange, value));
}
