/*
 * What the exchanges of one phone must share to be alike: the text but for the values that are made anew, and the same
 * relations between those values. What an exchange that was told is like is held against those that follow it.
 */

import type { RawFrame } from '../capture/frame-reader.js';
import type { FreshValue } from '../sip/fresh-values.js';
import { T1_MS } from '../sip/transaction-timers.js';
import type { HeldExchange, PayloadPlace } from './held-exchange.js';
import {
	endOfValue,
	isAt,
	isSame,
	isSameValue,
	lengthOf,
	NONE,
	numberAt,
	type PlacedValues,
} from './placed-values.js';

/** An answer that takes longer is worth looking at. */
export const T1_US = T1_MS * 1000;

export interface ValueTemplate {
	readonly ends: FreshValue['ends'];
	/** The first value of its kind in the exchange that it equals; -1 where it is new. */
	readonly same: number;
	/** It equals one, and ends as that one does. */
	readonly isEcho: boolean;
	/** Of a new one, those of its kind before it that were new: it equals none of them. */
	readonly others: readonly number[];
}

export interface MessageTemplate {
	readonly isRequest: boolean;
	/** The numbers of its values in the exchange: from, and behind the last. */
	readonly from: number;
	readonly to: number;
	/** Numbers of values; -1 where there is none. */
	readonly callId: number;
	readonly cseq: number;
	readonly nonce: number;
	readonly nc: number;
	readonly cnonce: number;
	readonly response: number;
}

/** The numbers of what is made anew in the digest of a request; -1 for a parameter that is not sent. */
export type FreshDigest = Pick<MessageTemplate, 'nonce' | 'nc' | 'cnonce' | 'response'>;

/** Tells whether the digest of the n-th request is to the accounts what that of the first exchange was. */
export type DigestVerifier = (
	request: number,
	exchange: PlacedValues,
	digest: FreshDigest,
) => boolean;

/** A message that was told: its frame, copied, and where the message lies in it. */
export interface ToldFrame {
	readonly frame: RawFrame;
	readonly place: PayloadPlace;
	readonly isRequest: boolean;
}

/** A message of the exchange, and where it stands: nearly every message of a large capture is held against one. */
interface Step extends MessageTemplate {
	/** The request before it, which a response answers; -1 for the first. */
	readonly asked: number;
	/** The message that it follows at once; -1 for the first. */
	readonly after: number;
	/** How many requests are before it. */
	readonly requests: number;
}

/** The form that exchanges of many phones have in common. */
export class ExchangeTemplate {
	/** Messages of an exchange. */
	readonly length: number;
	/** Of an exchange. */
	readonly requests: number;
	/** Of an exchange. */
	readonly values: number;
	readonly #messages: readonly Step[];
	readonly #values: readonly ValueTemplate[];
	readonly #lastRequest: number;
	/** The last request with credentials; -1 where none has any. */
	readonly #lastDigest: number;

	constructor(messages: readonly MessageTemplate[], values: readonly ValueTemplate[]) {
		this.#messages = messages.map((message, index) => stepOf(message, messages.slice(0, index)));
		this.#values = values;
		this.length = messages.length;
		this.values = values.length;
		this.requests = messages.filter(({ isRequest }) => isRequest).length;
		this.#lastRequest = messages.findLastIndex(({ isRequest }) => isRequest);
		this.#lastDigest = messages.findLastIndex(({ isRequest, nonce }) => isRequest && nonce >= 0);
	}

	/**
	 * Takes the next message of an exchange; false, and nothing is taken, where it is not what that of `before`, an
	 * exchange that is alike, would have next.
	 */
	take(
		frame: RawFrame,
		place: PayloadPlace,
		into: HeldExchange,
		before: HeldExchange,
		verifies: DigestVerifier | undefined,
	): boolean {
		const index = into.count;
		const step = this.#messages[index];
		// It is copied first, as nearly all are taken, and all values then lie in the same bytes.
		if (step === undefined || !into.add(frame, place)) return false;
		if (
			isInTime(step, index, into) &&
			this.#isSameText(index, step, into, before) &&
			this.#followsOn(step, into, before, verifies)
		)
			return true;
		into.removeLast();
		return false;
	}

	/** The same text but for the fresh values, whose places are noted, and which are to each other what they were. */
	#isSameText(
		index: number,
		{ from, to }: MessageTemplate,
		into: HeldExchange,
		before: HeldExchange,
	): boolean {
		const { view, values } = into;
		const { view: knownView, values: knownValues } = before;
		const payloadEnd = into.payloadEnd(index);
		let at = into.payload(index);
		let known = before.payload(index);
		for (let value = from; value < to; value += 1) {
			const length = (knownValues[value * 2] ?? 0) - known;
			if (at + length > payloadEnd || !isSame(view, at, knownView, known, length)) return false;
			at += length;
			const end = this.#endOf(value, at, payloadEnd, into);
			if (end < 0) return false;
			values[value * 2] = at;
			values[value * 2 + 1] = end;
			at = end;
			known = knownValues[value * 2 + 1] ?? 0;
		}
		const rest = before.payloadEnd(index) - known;
		return payloadEnd - at === rest && isSame(view, at, knownView, known, rest);
	}

	/** Where the value at `at` ends; -1 where it does not, or where it is not to others what it was. */
	#endOf(value: number, at: number, limit: number, exchange: HeldExchange): number {
		const { ends, same, isEcho, others } = this.#values[value] ?? NO_VALUE;
		if (isEcho) {
			// What it repeats holds nothing that it could end at, and what must follow begins with that.
			const end = at + lengthOf(exchange, same);
			return end <= limit && isAt(exchange, same, at, end) ? end : NONE;
		}
		const end = endOfValue(exchange.bytes, at, limit, ends);
		if (end < 0 || (same >= 0 && !isAt(exchange, same, at, end))) return NONE;
		for (const other of others) if (isAt(exchange, other, at, end)) return NONE;
		return end;
	}

	/** What it says goes on from what was said before. */
	#followsOn(
		step: Step,
		exchange: HeldExchange,
		before: HeldExchange,
		verifies: DigestVerifier | undefined,
	): boolean {
		if (step.isRequest)
			return this.#goesOn(step, exchange, before) && isVerified(step, exchange, verifies);
		return step.nonce < 0 || !isSameValue(exchange, step.nonce, before, step.nonce);
	}

	/** Sequence numbers and nonce counts go on from the request before (RFC 3261 §10.2, RFC 7616 §3.4). */
	#goesOn(step: Step, exchange: HeldExchange, before: HeldExchange): boolean {
		const isFirst = step.asked < 0;
		const last = this.#messages[isFirst ? this.#lastRequest : step.asked];
		if (last === undefined) return false;
		const from = isFirst ? before : exchange;
		if (numberAt(exchange, step.cseq, 10) <= numberAt(from, last.cseq, 10)) return false;
		if (isFirst && !isSameValue(exchange, step.callId, before, step.callId)) return false;
		if (step.nonce < 0) return true;
		if (!isFirst) return step.nc < 0 || isSameValue(exchange, step.nc, before, step.nc);
		// Credentials at once are those of the last challenge, counted on.
		const digest = this.#messages[this.#lastDigest];
		return (
			digest !== undefined &&
			isSameValue(exchange, step.nonce, before, digest.nonce) &&
			numberAt(exchange, step.nc, 16) > numberAt(before, digest.nc, 16)
		);
	}

	/** Whether the exchange that the template was made of has all that another one must have. */
	isOrdinary(first: HeldExchange, verifies: DigestVerifier | undefined): boolean {
		return this.#messages.every((step, index) => {
			if (step.callId < 0 || step.cseq < 0 || !isInTime(step, index, first)) return false;
			if (!step.isRequest) return true;
			const before = this.#messages[step.asked];
			if (before === undefined)
				return (step.nonce < 0 || step.nc >= 0) && isVerified(step, first, verifies);
			const isNew = before.nonce < 0 || !isSameValue(first, step.nonce, first, before.nonce);
			const goesOn = numberAt(first, step.cseq, 10) > numberAt(first, before.cseq, 10);
			return step.nonce >= 0 && isNew && goesOn && isVerified(step, first, verifies);
		});
	}
}

const NO_VALUE: ValueTemplate = { ends: 'line', same: NONE, isEcho: false, others: [] };

function stepOf(message: MessageTemplate, earlier: readonly MessageTemplate[]): Step {
	const asked = earlier.findLastIndex(({ isRequest }) => isRequest);
	return {
		...message,
		asked,
		after: message.isRequest ? earlier.length - 1 : asked,
		requests: earlier.filter(({ isRequest }) => isRequest).length,
	};
}

/** Answers and the requests that follow them come at once. */
function isInTime({ after }: Step, index: number, exchange: HeldExchange): boolean {
	if (after < 0) return true;
	const pause = exchange.at(index) - exchange.at(after);
	return pause >= 0 && pause < T1_US;
}

function isVerified(
	step: Step,
	exchange: HeldExchange,
	verifies: DigestVerifier | undefined,
): boolean {
	return verifies === undefined || step.nonce < 0 || verifies(step.requests, exchange, step);
}
