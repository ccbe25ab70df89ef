/* Whether a message is what an exchange that is alike has next (trace/exchange-template.ts makes the templates). */

import { messageEndOf, messageStartOf, setValue, timeOf } from './exchange';
import {
	FORM_END,
	FORM_IS_ECHO,
	FORM_OTHERS,
	FORM_OTHERS_AT,
	FORM_SAME,
	FORM_SIZE,
	STEP_AFTER,
	STEP_ASKED,
	STEP_CALL_ID,
	STEP_CNONCE,
	STEP_CSEQ,
	STEP_FROM,
	STEP_IS_REQUEST,
	STEP_NC,
	STEP_NONCE,
	STEP_RESPONSE,
	STEP_SIZE,
	STEP_TO,
	TEMPLATE_FREE,
	TEMPLATE_LAST_DIGEST,
	TEMPLATE_LAST_REQUEST,
	TEMPLATE_MESSAGES,
	TEMPLATE_STEPS,
	TEMPLATE_VALUES,
} from './layout';
import { endOf, isAt, isSame, isSameValue, numberAt, startOf } from './same';

/** An answer that takes longer is worth looking at (RFC 3261 §17.1.1.1), in microseconds. */
const T1: f64 = 500_000;

/** By byte: 1 where a value that is not quoted ends. */
export const separators = memory.data(256) as i32;

/** For so many messages and values, whose steps and forms are still to be set. */
export function newTemplate(messages: i32, values: i32, lastRequest: i32, lastDigest: i32): i32 {
	const size = TEMPLATE_STEPS + messages * STEP_SIZE + values * FORM_SIZE;
	const template = heap.alloc(size) as i32;
	store<i32>(template + TEMPLATE_MESSAGES, messages);
	store<i32>(template + TEMPLATE_VALUES, values);
	store<i32>(template + TEMPLATE_FREE, 0);
	store<i32>(template + TEMPLATE_LAST_REQUEST, lastRequest);
	store<i32>(template + TEMPLATE_LAST_DIGEST, lastDigest);
	return template;
}

export function setStep(
	template: i32,
	message: i32,
	isRequest: i32,
	from: i32,
	to: i32,
	callId: i32,
	cseq: i32,
	nonce: i32,
	nc: i32,
	cnonce: i32,
	response: i32,
	asked: i32,
	after: i32,
): void {
	const step = stepOf(template, message);
	store<i32>(step + STEP_IS_REQUEST, isRequest);
	store<i32>(step + STEP_FROM, from);
	store<i32>(step + STEP_TO, to);
	store<i32>(step + STEP_CALL_ID, callId);
	store<i32>(step + STEP_CSEQ, cseq);
	store<i32>(step + STEP_NONCE, nonce);
	store<i32>(step + STEP_NC, nc);
	store<i32>(step + STEP_CNONCE, cnonce);
	store<i32>(step + STEP_RESPONSE, response);
	store<i32>(step + STEP_ASKED, asked);
	store<i32>(step + STEP_AFTER, after);
}

/** Gives where the numbers of the others are to be written, each as an i32. */
export function setForm(
	template: i32,
	value: i32,
	end: i32,
	same: i32,
	isEcho: i32,
	others: i32,
): i32 {
	const form = formOf(template, value);
	const at = heap.alloc(others * 4) as i32;
	store<i32>(form + FORM_END, end);
	store<i32>(form + FORM_SAME, same);
	store<i32>(form + FORM_IS_ECHO, isEcho);
	store<i32>(form + FORM_OTHERS, others);
	store<i32>(form + FORM_OTHERS_AT, at);
	return at;
}

export function setOther(at: i32, index: i32, value: i32): void {
	store<i32>(at + index * 4, value);
}

export function lengthOf(template: i32): i32 {
	return load<i32>(template + TEMPLATE_MESSAGES);
}

/** Whether the message that was added last is what the exchange `before`, which is alike, would have there. */
export function isNext(template: i32, message: i32, exchange: i32, before: i32): bool {
	return (
		isInTime(template, message, exchange) &&
		isSameText(template, message, exchange, before) &&
		followsOn(template, message, exchange, before)
	);
}

/** Answers and the requests that follow them come at once. */
export function isInTime(template: i32, message: i32, exchange: i32): bool {
	const after = load<i32>(stepOf(template, message) + STEP_AFTER);
	if (after < 0) return true;
	const pause = timeOf(exchange, message) - timeOf(exchange, after);
	return pause >= 0 && pause < T1;
}

/** The same text but for the fresh values, whose places are noted, and which are to each other what they were. */
function isSameText(template: i32, message: i32, exchange: i32, before: i32): bool {
	const step = stepOf(template, message);
	const to = load<i32>(step + STEP_TO);
	const payloadEnd = messageEndOf(exchange, message);
	let at = messageStartOf(exchange, message);
	let known = messageStartOf(before, message);
	for (let value = load<i32>(step + STEP_FROM); value < to; value += 1) {
		const length = startOf(before, value) - known;
		if (at + length > payloadEnd || !isSame(at, known, length)) return false;
		at += length;
		const end = valueEnd(formOf(template, value), at, payloadEnd, exchange);
		if (end === 0) return false;
		setValue(exchange, value, at, end);
		at = end;
		known = endOf(before, value);
	}
	const rest = messageEndOf(before, message) - known;
	return payloadEnd - at === rest && isSame(at, known, rest);
}

/** Where the value at `at` ends; 0 where it does not, or where it is not to others what it was. */
function valueEnd(form: i32, at: i32, limit: i32, exchange: i32): i32 {
	const same = load<i32>(form + FORM_SAME);
	if (load<i32>(form + FORM_IS_ECHO) !== 0) {
		// What it repeats holds nothing that it could end at, and what must follow begins with that.
		const end = at + endOf(exchange, same) - startOf(exchange, same);
		return end <= limit && isAt(exchange, same, at, end) ? end : 0;
	}
	const end = endFrom(at, limit, load<i32>(form + FORM_END));
	if (end === limit) return 0;
	if (same >= 0) return isAt(exchange, same, at, end) ? end : 0;
	const others = load<i32>(form + FORM_OTHERS_AT);
	const othersEnd = others + load<i32>(form + FORM_OTHERS) * 4;
	for (let other = others; other < othersEnd; other += 4) {
		if (isAt(exchange, load<i32>(other), at, end)) return 0;
	}
	return end;
}

/** Where what begins at `at` ends; `limit` where it does not. */
function endFrom(at: i32, limit: i32, last: i32): i32 {
	let end = at;
	if (last === 0) {
		while (end < limit && load<u8>(separators + (load<u8>(end) as i32)) === 0) end += 1;
	} else {
		while (end < limit && (load<u8>(end) as i32) !== last) end += 1;
	}
	return end;
}

/** What it says goes on from what was said before, as far as that needs no digest. */
function followsOn(template: i32, message: i32, exchange: i32, before: i32): bool {
	const step = stepOf(template, message);
	if (load<i32>(step + STEP_IS_REQUEST) !== 0) return goesOn(template, step, exchange, before);
	const nonce = load<i32>(step + STEP_NONCE);
	return nonce < 0 || !isSameValue(exchange, nonce, before, nonce);
}

/** Sequence numbers and nonce counts go on from the request before (RFC 3261 §10.2, RFC 7616 §3.4). */
function goesOn(template: i32, step: i32, exchange: i32, before: i32): bool {
	const asked = load<i32>(step + STEP_ASKED);
	const isFirst = asked < 0;
	const last = stepOf(template, isFirst ? load<i32>(template + TEMPLATE_LAST_REQUEST) : asked);
	const from = isFirst ? before : exchange;
	const cseq = numberAt(exchange, load<i32>(step + STEP_CSEQ), 10);
	if (cseq <= numberAt(from, load<i32>(last + STEP_CSEQ), 10)) return false;
	const callId = load<i32>(step + STEP_CALL_ID);
	if (isFirst && !isSameValue(exchange, callId, before, callId)) return false;
	const nonce = load<i32>(step + STEP_NONCE);
	if (nonce < 0) return true;
	const nc = load<i32>(step + STEP_NC);
	if (!isFirst) return nc < 0 || isSameValue(exchange, nc, before, nc);
	// Credentials at once are those of the last challenge, counted on.
	const digest = stepOf(template, load<i32>(template + TEMPLATE_LAST_DIGEST));
	return (
		isSameValue(exchange, nonce, before, load<i32>(digest + STEP_NONCE)) &&
		numberAt(exchange, nc, 16) > numberAt(before, load<i32>(digest + STEP_NC), 16)
	);
}

/** Number of the value that is its nonce, where it is a request with credentials; -1 for others. */
export function nonceOf(template: i32, message: i32): i32 {
	const step = stepOf(template, message);
	return load<i32>(step + STEP_IS_REQUEST) === 0 ? -1 : load<i32>(step + STEP_NONCE);
}

export function stepOf(template: i32, message: i32): i32 {
	return template + TEMPLATE_STEPS + message * STEP_SIZE;
}

function formOf(template: i32, value: i32): i32 {
	return stepOf(template, lengthOf(template)) + value * FORM_SIZE;
}
