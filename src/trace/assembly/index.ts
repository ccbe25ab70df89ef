/*
 * Messages known by their bytes before anything is made of them: most of a large capture goes through here, and through
 * nothing else. What is known of a flow, and what is to be done where a message is not known, is for trace/repeats.ts.
 */
import { copyOf } from './copies';
import { digestOf, isExpected } from './digest';
import { addFrame, countOf, removeLast, usedOf } from './exchange';
import { addFlow, find, numberOf } from './flows';
import { holdNone, keep } from './held';
import {
	FLOW_BEFORE,
	FLOW_CURRENT,
	FLOW_DIGESTS,
	FLOW_HELD,
	FLOW_LAST_AT,
	FLOW_LONGEST,
	FLOW_NOTED_AS,
	FLOW_SHORTEST,
	FLOW_TEMPLATE,
} from './layout';
import { note } from './noted-times';
import { locate, payload, payloadEnd } from './plain-udp';
import { beginRow, isRecord, nextRecord, record, recordAt, recordEnd, rowNumber } from './records';
import { leaveRoom, takeRoom } from './rooms';
import { isNext, lengthOf, nonceOf } from './template';

export {
	addCopy,
	copyEndOf,
	copyNumberOf,
	copySizeOf,
	copyStartOf,
	freeCopy,
} from './copies';
export { freeDigests, newDigests, setDigest } from './digest';
export {
	countOf,
	frameEndOf,
	frameStartOf,
	freeExchange,
	interfaceOf,
	linkTypeOf,
	messageStartOf,
	newExchange,
	numberOf as frameNumberOf,
	setValue,
	timeOf,
} from './exchange';
export { beforeOf, heldOf, keep, letGoOf, nextOf, oldestOf } from './held';
export { clearNoted, notedBytes, notedTimes } from './noted-times';
export { rowAt, rowLastAt, rowNumber, setRecordForm } from './records';
export { leaveRoom } from './rooms';
export { endOf, isSameValue, numberAt, startOf } from './same';
export { isInTime, newTemplate, separators, setForm, setOther, setStep } from './template';

/** Of trace/recogniser.ts: whether the digest of a request is what it is expected to be; 0 where it is not. */
declare function verifies(flow: i32, message: i32, exchange: i32): i32;

/** What is said of a frame, as in trace/recogniser.ts. */
const NOT_OURS: i32 = 0;
const HELD: i32 = 1;
const COMPLETE: i32 = 2;
const REQUEST: i32 = 3;
const RESPONSE: i32 = 4;

/** As many as sip/start-line.ts skips. */
const MAX_LEADING_CRLF: i32 = 64;
const CR: i32 = 0x0d;
const LF: i32 = 0x0a;

/** `REGI`, `STER` and `SIP/`, as they are loaded. */
const REGI: i32 = 0x4947_4552;
const STER: i32 = 0x5245_5453;
const SIP_SLASH: i32 = 0x2f50_4953;

/** Of the frame that was looked at last. */
let flow: i32 = 0;
let frame: i32 = 0;
let frameEnd: i32 = 0;
let frameLinkType: i32 = 0;
let frameInterface: i32 = 0;
let frameNumber: f64 = 0;
let frameAt: f64 = 0;
let framePause: f64 = 0;

/**
 * Looks at the frame from `start` to `end`, `number` being Wireshark's and `at` microseconds: holds it where it is what
 * its flow has next, and says whose it is where it is not.
 */
export function take(
	linkType: i32,
	interfaceId: i32,
	start: i32,
	end: i32,
	number: f64,
	at: f64,
): i32 {
	const said = look(linkType, interfaceId, start, end, number, at);
	// A response may be to something else: whether it was one of the flow is told by `seen`.
	if (said === REQUEST && flow !== 0) seen();
	return said;
}

/** Nothing is changed where the frame is not held. */
function look(linkType: i32, interfaceId: i32, start: i32, end: i32, number: f64, at: f64): i32 {
	flow = 0;
	if (!locate(linkType, start, end)) return NOT_OURS;
	const text = behindCrlf(payload, payloadEnd);
	if (text + 8 > payloadEnd) return NOT_OURS;
	const word = load<i32>(text);
	const isRequest = word === REGI && load<i32>(text + 4) === STER;
	if (!isRequest && word !== SIP_SLASH) return NOT_OURS;
	flow = find(isRequest);
	frame = start;
	frameEnd = end;
	frameLinkType = linkType;
	frameInterface = interfaceId;
	frameNumber = number;
	frameAt = at;
	if (flow === 0) return isRequest ? REQUEST : NOT_OURS;
	framePause = at - load<f64>(flow + FLOW_LAST_AT);
	if (load<i32>(flow + FLOW_CURRENT) !== 0 || (isRequest && isExpectedPause())) {
		const said = hold();
		if (said !== NOT_OURS) return said;
	}
	return isRequest ? REQUEST : RESPONSE;
}

/**
 * Holds records of the form that was set as long as it can, from `start` on; `end` is behind the last one, `number` that
 * of the first frame, and `lastAt` the time of the one before it. COMPLETE where the last of them made an exchange
 * complete.
 */
export function takeRow(
	linkType: i32,
	interfaceId: i32,
	start: i32,
	end: i32,
	number: f64,
	lastAt: f64,
): i32 {
	beginRow(start, end, number, lastAt);
	while (isRecord()) {
		const said = look(linkType, interfaceId, record, recordEnd, rowNumber(), recordAt);
		if (said !== HELD && said !== COMPLETE) return NOT_OURS;
		nextRecord();
		if (said === COMPLETE) return COMPLETE;
	}
	return NOT_OURS;
}

function isExpectedPause(): bool {
	return (
		framePause >= load<f64>(flow + FLOW_SHORTEST) && framePause <= load<f64>(flow + FLOW_LONGEST)
	);
}

/** Makes a flow of the request that was looked at last; 0 where there is no room for it. */
export function begin(): i32 {
	flow = addFlow();
	if (flow === 0) return 0;
	expect(flow, 0, 0, 0, 0);
	framePause = Infinity;
	seen();
	return flow;
}

/** Holds the frame that was looked at last, where it is what the exchange that is going on, or begins, has next. */
export function hold(): i32 {
	const template = load<i32>(flow + FLOW_TEMPLATE);
	const before = load<i32>(flow + FLOW_BEFORE);
	const current = load<i32>(flow + FLOW_CURRENT);
	const exchange = current !== 0 ? current : takeRoom(template, usedOf(before));
	if (exchange === 0) return NOT_OURS;
	const message = countOf(exchange);
	if (message >= lengthOf(template) || !addTo(exchange))
		return notHeld(template, current, exchange);
	if (!isNext(template, message, exchange, before) || !isVerified(template, message, exchange)) {
		removeLast(exchange);
		return notHeld(template, current, exchange);
	}
	store<i32>(flow + FLOW_CURRENT, exchange);
	seen();
	return message + 1 === lengthOf(template) && !isKept() ? COMPLETE : HELD;
}

/** Keeps the exchange that is complete, where nothing but the times of the one before it is counted. */
function isKept(): bool {
	const as = load<i32>(flow + FLOW_NOTED_AS);
	if (as === 0) return false;
	if (load<i32>(flow + FLOW_HELD) > 0 && !note(load<i32>(flow + FLOW_BEFORE), as)) return false;
	keep(flow);
	return true;
}

/** What has not begun takes no room. */
function notHeld(template: i32, current: i32, exchange: i32): i32 {
	if (current === 0) leaveRoom(template, exchange);
	return NOT_OURS;
}

/** It is copied first, as nearly all are held, and all values then lie in the same bytes. */
function addTo(exchange: i32): bool {
	const copy = addFrame(
		exchange,
		frameEnd - frame,
		payload - frame,
		payloadEnd - frame,
		frameLinkType,
		frameInterface,
		frameNumber,
		frameAt,
	);
	if (copy !== 0) memory.copy(copy, frame, frameEnd - frame);
	return copy !== 0;
}

function isVerified(template: i32, message: i32, exchange: i32): bool {
	const digests = load<i32>(flow + FLOW_DIGESTS);
	if (digests === 0 || nonceOf(template, message) < 0) return true;
	const digest = digestOf(digests, message);
	if (digest !== 0) return isExpected(digest, template, message, exchange);
	return verifies(numberOf(flow), message, exchange) !== 0;
}

/** A copy of the frame that was looked at last. */
export function copy(): i32 {
	return copyOf(
		frame,
		frameEnd - frame,
		payload,
		payloadEnd,
		frameLinkType,
		frameInterface,
		frameNumber,
		frameAt,
	);
}

/** Bytes of the frame that was looked at last. */
export function sizeOf(): i32 {
	return frameEnd - frame;
}

/** The frame that was looked at last is the latest of its flow. */
export function seen(): void {
	store<f64>(flow + FLOW_LAST_AT, frameAt);
}

/**
 * What exchanges of a flow are held against, and how many of them are held; no pause is expected yet, and nothing is going
 * on.
 */
export function expect(whose: i32, template: i32, before: i32, digests: i32, most: i32): void {
	holdNone(whose, most);
	store<i32>(whose + FLOW_NOTED_AS, 0);
	store<i32>(whose + FLOW_TEMPLATE, template);
	store<i32>(whose + FLOW_BEFORE, before);
	store<i32>(whose + FLOW_CURRENT, 0);
	store<i32>(whose + FLOW_DIGESTS, digests);
	store<f64>(whose + FLOW_SHORTEST, Infinity);
	store<f64>(whose + FLOW_LONGEST, -Infinity);
}

/** Nothing but the times of an exchange is counted from now on: they are noted as this. */
export function noteAs(whose: i32, as: i32): void {
	store<i32>(whose + FLOW_NOTED_AS, as);
}

/** An exchange may begin so many microseconds after the last message, and after all pauses between this and others. */
export function expectPause(whose: i32, pause: f64): void {
	store<f64>(whose + FLOW_SHORTEST, min(pause, load<f64>(whose + FLOW_SHORTEST)));
	store<f64>(whose + FLOW_LONGEST, max(pause, load<f64>(whose + FLOW_LONGEST)));
}

/** The exchange that is going on in a flow; 0 where none is. */
export function currentOf(whose: i32): i32 {
	return load<i32>(whose + FLOW_CURRENT);
}

/** Of the frame that was looked at last: the number of its flow, -1 where none is known. */
export function flowOf(): i32 {
	return numberOf(flow);
}

/** Microseconds since the message of its flow before it. */
export function pauseOf(): f64 {
	return framePause;
}

export function payloadOf(): i32 {
	return payload;
}

export function payloadEndOf(): i32 {
	return payloadEnd;
}

/** Room for bytes of a capture. */
export function newRun(size: i32): i32 {
	return heap.alloc(size) as i32;
}

export function freeRun(run: i32): void {
	heap.free(run);
}

function behindCrlf(start: i32, end: i32): i32 {
	const limit = min(end, start + MAX_LEADING_CRLF);
	let at = start;
	while (at < limit && isCrOrLf(load<u8>(at))) at += 1;
	return at;
}

function isCrOrLf(byte: i32): bool {
	return byte === CR || byte === LF;
}
