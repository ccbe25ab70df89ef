/*
 * What the exchanges of one phone must share to be alike: the text but for the values that are made anew, and the same
 * relations between those values. Messages are held against it in assembly/template.ts.
 */
import type { FreshValue } from '../sip/fresh-values.js';
import { T1_MS } from '../sip/transaction-timers.js';
import type { HeldExchange } from './held-exchange.js';
import type { PlacedValues } from './placed-values.js';
import type { Address, Recogniser } from './recogniser.js';

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

/**
 * An MD5 digest of which all but nonce, nonce count and cnonce is known (RFC 7616 §3.4.1): HA1 and HA2 in lower case, and
 * whether it is right. Without qop neither count nor cnonce is in it.
 */
export interface Md5Digest {
	readonly ha1: string;
	readonly ha2: string;
	readonly qop: string | undefined;
	readonly isRight: boolean;
}

/** A message that was told. */
export interface ToldFrame {
	/** Where the copy of its frame lies. */
	readonly copy: Address;
	readonly isRequest: boolean;
}

/** A message of the exchange, and where it stands. */
interface Step extends MessageTemplate {
	/** The request before it, which a response answers; -1 for the first. */
	readonly asked: number;
	/** The message that it follows at once; -1 for the first. */
	readonly after: number;
	/** How many requests are before it. */
	readonly requests: number;
}

/** The byte that a value ends at; 0 for any separator. */
const END_BYTES: Readonly<Record<FreshValue['ends'], number>> = {
	separator: 0,
	quote: 0x22,
	line: 0x0a,
};

/** The form that exchanges of many phones have in common; in the memory of a recogniser as long as that is there. */
export class ExchangeTemplate {
	readonly at: Address;
	/** Messages of an exchange. */
	readonly length: number;
	/** Of an exchange. */
	readonly requests: number;
	/** Of an exchange. */
	readonly values: number;
	/** Of each request with credentials: its number among the messages, and among the requests. */
	readonly digests: readonly { readonly message: number; readonly request: number }[];
	readonly #code: Recogniser['code'];
	readonly #steps: readonly Step[];

	constructor(
		{ code }: Recogniser,
		messages: readonly MessageTemplate[],
		values: readonly ValueTemplate[],
	) {
		this.#code = code;
		this.#steps = messages.map((message, index) => stepOf(message, messages.slice(0, index)));
		this.digests = this.#steps.flatMap(({ isRequest, nonce, requests: request }, message) =>
			isRequest && nonce >= 0 ? [{ message, request }] : [],
		);
		this.length = messages.length;
		this.values = values.length;
		this.requests = messages.filter(({ isRequest }) => isRequest).length;
		this.at = code.newTemplate(
			messages.length,
			values.length,
			messages.findLastIndex(({ isRequest }) => isRequest),
			messages.findLastIndex(({ isRequest, nonce }) => isRequest && nonce >= 0),
		);
		for (const [message, step] of this.#steps.entries()) this.#setStep(message, step);
		for (const [value, form] of values.entries()) this.#setForm(value, form);
	}

	#setStep(message: number, step: Step): void {
		const { isRequest, from, to, callId, cseq, nonce, nc, cnonce, response, asked, after } = step;
		this.#code.setStep(
			this.at,
			message,
			Number(isRequest),
			from,
			to,
			callId,
			cseq,
			nonce,
			nc,
			cnonce,
			response,
			asked,
			after,
		);
	}

	#setForm(value: number, { ends, same, isEcho, others }: ValueTemplate): void {
		const at = this.#code.setForm(
			this.at,
			value,
			END_BYTES[ends],
			same,
			Number(isEcho),
			others.length,
		);
		for (const [index, other] of others.entries()) this.#code.setOther(at, index, other);
	}

	/** Whether the digest of a message is to the accounts what it was. */
	isVerified(message: number, exchange: PlacedValues, verifies: DigestVerifier): boolean {
		const step = this.#steps[message];
		return step === undefined || step.nonce < 0 || verifies(step.requests, exchange, step);
	}

	/** Whether the exchange that the template was made of has all that another one must have. */
	isOrdinary(first: HeldExchange, verifies: DigestVerifier | undefined): boolean {
		return this.#steps.every((step, message) => {
			if (step.callId < 0 || step.cseq < 0 || !this.#isInTime(message, first)) return false;
			if (!step.isRequest) return true;
			if (verifies !== undefined && !this.isVerified(message, first, verifies)) return false;
			const before = this.#steps[step.asked];
			return before === undefined
				? step.nonce < 0 || step.nc >= 0
				: this.#answers(step, before, first);
		});
	}

	/** A request with the nonce of another challenge than the one before it. */
	#answers(step: Step, before: Step, { at }: HeldExchange): boolean {
		if (step.nonce < 0) return false;
		if (before.nonce >= 0 && this.#code.isSameValue(at, step.nonce, at, before.nonce) !== 0)
			return false;
		return this.#code.numberAt(at, step.cseq, 10) > this.#code.numberAt(at, before.cseq, 10);
	}

	#isInTime(message: number, { at }: HeldExchange): boolean {
		return this.#code.isInTime(this.at, message, at) !== 0;
	}
}

function stepOf(message: MessageTemplate, earlier: readonly MessageTemplate[]): Step {
	const asked = earlier.findLastIndex(({ isRequest }) => isRequest);
	return {
		...message,
		asked,
		after: message.isRequest ? earlier.length - 1 : asked,
		requests: earlier.filter(({ isRequest }) => isRequest).length,
	};
}
