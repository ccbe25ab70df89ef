/*
 * What the exchanges of one phone must share to be alike: the text but for the values that are made anew, and the same
 * relations between those values. What an exchange that was told is like is held against those that follow it.
 */

import type { RawFrame } from '../capture/frame-reader.js';
import type { FreshValue } from '../sip/fresh-values.js';
import { T1_MS } from '../sip/transaction-timers.js';
import type { HeldExchange, PayloadPlace } from './held-exchange.js';
import { endOfValue, isSame, isSameValue, numberAt, type PlacedValues } from './placed-values.js';

/** An answer that takes longer is worth looking at. */
export const T1_US = T1_MS * 1000;

export interface ValueTemplate {
	readonly ends: FreshValue['ends'];
	/** The first value of its kind in the exchange that it equals; -1 where it is new. */
	readonly same: number;
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

/** The form that exchanges of many phones have in common. */
export class ExchangeTemplate {
	/** Of an exchange. */
	readonly requests: number;
	/** Of an exchange. */
	readonly values: number;
	readonly #messages: readonly MessageTemplate[];
	readonly #values: readonly ValueTemplate[];
	readonly #lastRequest: number;
	/** The last request with credentials; -1 where none has any. */
	readonly #lastDigest: number;

	constructor(messages: readonly MessageTemplate[], values: readonly ValueTemplate[]) {
		this.#messages = messages;
		this.#values = values;
		this.values = values.length;
		this.requests = messages.filter(({ isRequest }) => isRequest).length;
		this.#lastRequest = messages.findLastIndex(({ isRequest }) => isRequest);
		this.#lastDigest = messages.findLastIndex(({ isRequest, nonce }) => isRequest && nonce >= 0);
	}

	/** Messages of an exchange. */
	get length(): number {
		return this.#messages.length;
	}

	isRequest(message: number): boolean {
		return this.#messages[message]?.isRequest === true;
	}

	/**
	 * Takes the next message of an exchange; false, and nothing is taken, where it is not what that of `before`, an
	 * exchange that is alike, would have next.
	 */
	take(
		{ frame, place }: Pick<ToldFrame, 'frame' | 'place'>,
		into: HeldExchange,
		before: HeldExchange,
		verifies: DigestVerifier | undefined,
	): boolean {
		const index = into.count;
		if (!this.#isSameText(index, frame, place, into, before) || !into.add(frame, place))
			return false;
		if (this.#holds(index, into, before, verifies)) return true;
		into.removeLast();
		return false;
	}

	/** The same text but for the fresh values, whose places are noted. */
	#isSameText(
		index: number,
		{ bytes, view, start }: RawFrame,
		{ payload, end: payloadEnd }: PayloadPlace,
		into: HeldExchange,
		before: HeldExchange,
	): boolean {
		const message = this.#messages[index];
		if (message === undefined) return false;
		const shift = into.used - start;
		let at = payload;
		let known = before.payload(index);
		for (let value = message.from; value < message.to; value += 1) {
			const length = (before.values[value * 2] ?? 0) - known;
			if (at + length > payloadEnd || !isSame(view, at, before.view, known, length)) return false;
			at += length;
			const end = endOfValue(bytes, at, payloadEnd, this.#values[value]?.ends ?? 'line');
			if (end < 0) return false;
			into.values[value * 2] = at + shift;
			into.values[value * 2 + 1] = end + shift;
			at = end;
			known = before.values[value * 2 + 1] ?? 0;
		}
		const rest = before.payloadEnd(index) - known;
		return payloadEnd - at === rest && isSame(view, at, before.view, known, rest);
	}

	/** The relations between the values, and the digest. */
	#holds(
		index: number,
		exchange: HeldExchange,
		before: HeldExchange,
		verifies: DigestVerifier | undefined,
	): boolean {
		const message = this.#messages[index];
		if (message === undefined || !this.#isInTime(index, exchange)) return false;
		for (let value = message.from; value < message.to; value += 1) {
			if (!this.#isRelated(value, exchange)) return false;
		}
		return message.isRequest
			? this.#goesOn(index, message, exchange, before) &&
					this.#isVerified(index, exchange, verifies)
			: message.nonce < 0 || !isSameValue(exchange, message.nonce, before, message.nonce);
	}

	/** Answers and the requests that follow them come at once. */
	#isInTime(index: number, exchange: HeldExchange): boolean {
		if (index === 0) return true;
		const pause =
			exchange.at(index) - exchange.at(this.isRequest(index) ? index - 1 : this.#asked(index));
		return pause >= 0 && pause < T1_US;
	}

	/** The request that a response answers. */
	#asked(index: number): number {
		let at = index - 1;
		while (at > 0 && !this.isRequest(at)) at -= 1;
		return at;
	}

	#isRelated(value: number, exchange: HeldExchange): boolean {
		const { same, others } = this.#values[value] ?? NO_VALUE;
		if (same >= 0) return isSameValue(exchange, value, exchange, same);
		for (const other of others) if (isSameValue(exchange, value, exchange, other)) return false;
		return true;
	}

	/** Sequence numbers and nonce counts go on from the request before (RFC 3261 §10.2, RFC 7616 §3.4). */
	#goesOn(
		index: number,
		message: MessageTemplate,
		exchange: HeldExchange,
		before: HeldExchange,
	): boolean {
		const isFirst = index === 0;
		const from = isFirst ? before : exchange;
		const last = this.#messages[isFirst ? this.#lastRequest : this.#asked(index)];
		if (last === undefined) return false;
		if (numberAt(exchange, message.cseq, 10) <= numberAt(from, last.cseq, 10)) return false;
		if (isFirst && !isSameValue(exchange, message.callId, before, message.callId)) return false;
		if (message.nonce < 0) return true;
		if (!isFirst) return message.nc < 0 || isSameValue(exchange, message.nc, before, message.nc);
		// Credentials at once are those of the last challenge, counted on.
		const digest = this.#messages[this.#lastDigest];
		return (
			digest !== undefined &&
			isSameValue(exchange, message.nonce, before, digest.nonce) &&
			numberAt(exchange, message.nc, 16) > numberAt(before, digest.nc, 16)
		);
	}

	#isVerified(
		index: number,
		exchange: HeldExchange,
		verifies: DigestVerifier | undefined,
	): boolean {
		const message = this.#messages[index];
		if (verifies === undefined || message === undefined || message.nonce < 0) return true;
		return verifies(this.#requestNumber(index), exchange, message);
	}

	#requestNumber(index: number): number {
		let number = 0;
		for (let at = 0; at < index; at += 1) if (this.isRequest(at)) number += 1;
		return number;
	}

	/** Whether the exchange that the template was made of has all that another one must have. */
	isOrdinary(first: HeldExchange, verifies: DigestVerifier | undefined): boolean {
		return this.#messages.every((message, index) => {
			if (message.callId < 0 || message.cseq < 0 || !this.#isInTime(index, first)) return false;
			if (!message.isRequest) return true;
			if (index === 0)
				return (message.nonce < 0 || message.nc >= 0) && this.#isVerified(index, first, verifies);
			const before = this.#messages[this.#asked(index)];
			const isNew =
				before === undefined ||
				before.nonce < 0 ||
				!isSameValue(first, message.nonce, first, before.nonce);
			const goesOn = numberAt(first, message.cseq, 10) > numberAt(first, before?.cseq ?? -1, 10);
			return message.nonce >= 0 && isNew && goesOn && this.#isVerified(index, first, verifies);
		});
	}
}

const NO_VALUE: ValueTemplate = { ends: 'line', same: -1, others: [] };
