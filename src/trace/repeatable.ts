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

/** When the messages of an exchange were seen. */
export interface MessageTimes {
	readonly count: number;
	timeOf(message: number): Instant;
	/** Wireshark's number of the frame of the last one. */
	readonly lastFrame: number;
}

/** Numbers of two messages of an exchange: a request, and its final response. */
export interface Answered {
	readonly sent: number;
	readonly final: number;
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
	/** The requests of each. */
	readonly answered: readonly Answered[];
	/** True where nothing but the times of one like it is counted from now on (`TraceSink.timed`). */
	isTimedOnly(): boolean;
	/** Takes one that is like it, and is told: so many since the last one that was told were not. */
	tell(messages: readonly Observed[], notTold: number): void;
}
