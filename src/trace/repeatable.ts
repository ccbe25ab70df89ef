/* What a reader of a trace may say of an exchange that it was told: others like it need not be told one by one. */
import type { Instant } from '../time/instant.js';
import type { DigestVerifier, Md5Digest } from './exchange-template.js';
import type { Observed } from './observed.js';

/** REGISTERs of one phone and their answers, all told. */
export interface ToldExchange {
	readonly source: string;
	/** As written. */
	readonly to: string;
	readonly callId: string;
	/** The phone's. */
	readonly address: string;
	/** Of every message, in their order. */
	readonly frames: readonly number[];
}

/** When and where each message of an exchange was seen. */
export interface MessageTimes {
	readonly count: number;
	timeOf(message: number): Instant;
	/** Wireshark's number. */
	frameOf(message: number): number;
}

export interface Repeatable {
	/** Undefined where there is nothing to verify. */
	readonly verifies: DigestVerifier | undefined;
	/** Of the n-th request, where that is all that there is to verify. */
	md5Of(request: number): Md5Digest | undefined;
	/** How many of those like it are to be told, the last ones in a row; at least one. */
	readonly told: number;
	/**
	 * Whether one that begins so long after the one before follows it as that one followed the one before it; for all
	 * pauses between two for which it does.
	 */
	follows(pauseMs: number): boolean;
	/** Counts one like it, which is told in another way than message by message, or not at all. */
	again(times: MessageTimes): void;
	/** Takes one that is like it, and is told: so many since the last one that was told were not. */
	tell(messages: readonly Observed[], notTold: number): void;
}
