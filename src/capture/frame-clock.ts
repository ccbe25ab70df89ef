/*
 * When the frames of a file were captured. A machine that captures may set its clock back, as daemons for the time do: read as
 * they stand, its times would have answers come before what they answer, and silence where there was none. So they are
 * carried on from the last one until the file has caught up, and the report says where.
 */
import type { OddityCounter } from '../bytes/oddity.js';
import { type Instant, toRfc3339 } from '../time/instant.js';
import type { Frame } from './frame.js';
import { BACKWARDS_TOLERANCE_US, type FrameListener, type FrameTaker } from './frame-reader.js';
import type { FrameFilter } from './sieve.js';

/** More is no clock that was set, but a time that was never right, or another capture behind the first one. */
const MAX_SET_BACK_US = 3_600_000_000;

/** Passes frames on and keeps count and times of all. */
export class FrameClock implements FrameListener {
	packets = 0;
	first: Instant | undefined;
	last: Instant | undefined;
	/** Time of the last frame of each interface. */
	readonly #lastOf: Instant[] = [];
	/** Microseconds by which times are later than in the file. */
	#carriedOn = 0;
	readonly isWanted: FrameFilter | undefined;
	readonly taker: FrameTaker | undefined;
	readonly #next: (frame: Frame) => void;
	readonly #oddities: OddityCounter;

	constructor(
		next: (frame: Frame) => void,
		{ isWanted, taker }: Pick<FrameListener, 'isWanted' | 'taker'>,
		oddities: OddityCounter,
	) {
		this.#next = next;
		this.isWanted = isWanted;
		this.taker = taker;
		this.#oddities = oddities;
	}

	onFrame(frame: Frame): void {
		this.onLeft(frame.number, frame.at);
		this.#next(frame);
	}

	onRow(count: number, lastAt: Instant, interfaceId: number): void {
		this.packets += count;
		this.last = lastAt;
		this.#lastOf[interfaceId] = lastAt;
	}

	get isCarriedOn(): boolean {
		return this.#carriedOn > 0;
	}

	timeOf(inFile: Instant, interfaceId: number, number: number): Instant {
		const { last } = this;
		// The file has caught up, or a single packet was out of order.
		if (last === undefined || inFile >= last) this.#carriedOn = 0;
		const at = inFile + this.#carriedOn;
		const back = (last ?? at) - at;
		// Captures put one behind the other have interfaces of their own.
		const own = (this.#lastOf[interfaceId] ?? at) - at;
		this.#lastOf[interfaceId] = at;
		if (Math.min(back, own) <= BACKWARDS_TOLERANCE_US || back > MAX_SET_BACK_US) return at;
		this.#carriedOn += back;
		this.#lastOf[interfaceId] = at + back;
		this.#setBack(number, at, '; the times behind it are carried on from the former');
		return at + back;
	}

	onLeft(number: number, at: Instant): void {
		this.packets += 1;
		this.first ??= at;
		if (this.last !== undefined && this.last - at > BACKWARDS_TOLERANCE_US)
			this.#setBack(number, at, '');
		this.last = at;
	}

	#setBack(number: number, at: Instant, consequence: string): void {
		const text = `from ${toRfc3339(this.last ?? at)} back to ${toRfc3339(at)}${consequence}`;
		this.#oddities.add('clock-set-back', 'capture', number, text);
	}
}
