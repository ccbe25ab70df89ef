/*
 * One direction of a TCP connection as a receiver would read it (RFC 9293 §3.10.7.4), from a capture that may begin in
 * its midst, lack segments, and have others twice or in any order. Bytes that came first win over later ones.
 */
import type { Instant } from '../time/instant.js';
import type { ByteBudget } from './byte-budget.js';
import { sequenceAfter, sequenceDistance } from './tcp.js';

/** Where bytes came from: the packet, as far as the reader wants to know it. */
export interface SegmentOrigin {
	readonly at: Instant;
}

/** Takes what the stream gives, in order of sequence numbers. Bytes are views: copy what you keep. */
export interface StreamReader<T extends SegmentOrigin> {
	/** `position` counts from the first byte that the stream gave, gaps included. */
	bytes(chunk: Uint8Array, position: number, origin: T): void;
	/** Bytes that the capture does not have: lost, or cut by the snaplen. */
	gap(length: number, position: number, origin: T): void;
	/** Bytes that were given before came again, all of the segment or a part. */
	copy(length: number, position: number, origin: T): void;
}

interface Waiting<T> {
	readonly sequence: number;
	readonly bytes: Uint8Array;
	readonly missing: number;
	readonly origin: T;
}

/** No sender has this much in flight on a connection that carries SIP; a larger step is another connection. */
export const MAX_STEP = 1 << 24;
const MAX_WAITING = 512;
const MAX_WAITING_BYTES = 262_144;

/** How long a hole waits once the receiver has acknowledged its bytes: the capture may have them in disorder. */
const DISORDER_US = 1_000_000;
/** How long it waits at all: a capture of one direction shows no acknowledgment. */
const MAX_WAIT_US = 30_000_000;

export class TcpStream<T extends SegmentOrigin> {
	readonly #reader: StreamReader<T>;
	readonly #budget: ByteBudget;
	#next: number | undefined;
	#position = 0;
	/** Segments behind a hole, in order of sequence numbers. */
	#waiting: Waiting<T>[] = [];
	#waitingBytes = 0;
	#acknowledgedAt: Instant | undefined;
	/** Bytes that the capture does not have, and the packet that shows the last of them. */
	skipped = 0;
	skippedBefore: T | undefined;

	constructor(reader: StreamReader<T>, budget: ByteBudget) {
		this.#reader = reader;
		this.#budget = budget;
	}

	/** True while segments wait for others before them. */
	get isWaiting(): boolean {
		return this.#waiting.length > 0;
	}

	/** The number of the first byte that was not given yet; undefined where nothing was seen. */
	get next(): number | undefined {
		return this.#next;
	}

	/** The number of the first byte, known from a SYN. */
	start(sequence: number): void {
		this.#next ??= sequence;
	}

	/** Takes a segment with data. `missing` bytes of it the snaplen cut. */
	add(sequence: number, bytes: Uint8Array, missing: number, origin: T): void {
		this.#next ??= sequence;
		const step = sequenceDistance(this.#next, sequence);
		if (step > MAX_STEP || step < -MAX_STEP) {
			this.flush();
			this.#gap(0, origin);
			this.#next = sequence;
		}
		if (sequenceDistance(this.#next, sequence) > 0) {
			this.#keep({ sequence, bytes: Uint8Array.from(bytes), missing, origin });
		} else {
			this.#give({ sequence, bytes, missing, origin });
			this.#drain();
		}
		this.#skipOldHoles(origin.at);
	}

	/** The receiver has everything before `acknowledgment`, whether the capture has it or not. */
	acknowledge(acknowledgment: number, at: Instant): void {
		const first = this.#waiting[0];
		if (first === undefined) return;
		if (sequenceDistance(first.sequence, acknowledgment) >= 0) this.#acknowledgedAt ??= at;
		this.#skipOldHoles(at);
	}

	/** Passes over bytes that nobody wants. */
	skip(sequence: number, length: number): void {
		this.#drop();
		const end = sequenceAfter(sequence, length);
		if (this.#next !== undefined) {
			const step = sequenceDistance(this.#next, end);
			if (step <= 0 && step >= -MAX_STEP) return;
			this.#position += Math.max(0, step);
		}
		this.#next = end;
	}

	/** Gives everything that waits, with a gap for each hole. */
	flush(): void {
		while (this.#waiting.length > 0) this.#skipHole();
	}

	/** Lets go of everything that waits. */
	#drop(): void {
		if (this.#waiting.length === 0) return;
		this.#budget.give(this.#waitingBytes);
		this.#waiting = [];
		this.#waitingBytes = 0;
		this.#acknowledgedAt = undefined;
	}

	#keep(segment: Waiting<T>): void {
		const size = segment.bytes.length;
		while (this.#isFull(size) && this.#waiting.length > 0) this.#skipHole();
		// The holes before it may be gone by now.
		if (this.#next === undefined || sequenceDistance(this.#next, segment.sequence) <= 0) {
			this.#give(segment);
			this.#drain();
			return;
		}
		if (!this.#budget.take(size)) {
			this.flush();
			if (sequenceDistance(this.#next, segment.sequence) > 0) this.#jumpTo(segment);
			this.#give(segment);
			return;
		}
		const at = this.#waiting.findIndex(
			({ sequence }) => sequenceDistance(segment.sequence, sequence) >= 0,
		);
		this.#waiting.splice(at === -1 ? this.#waiting.length : at, 0, segment);
		this.#waitingBytes += size;
	}

	#isFull(more: number): boolean {
		return this.#waiting.length >= MAX_WAITING || this.#waitingBytes + more > MAX_WAITING_BYTES;
	}

	#skipOldHoles(at: Instant): void {
		while (this.#waiting.length > 0 && this.#isHopeless(at)) this.#skipHole();
	}

	#isHopeless(at: Instant): boolean {
		const first = this.#waiting[0];
		if (first === undefined) return false;
		if (this.#acknowledgedAt !== undefined && at - this.#acknowledgedAt > DISORDER_US) return true;
		return at - first.origin.at > MAX_WAIT_US;
	}

	#skipHole(): void {
		const first = this.#waiting[0];
		if (first === undefined) return;
		this.#jumpTo(first);
		this.#drain();
	}

	#jumpTo({ sequence, origin }: Waiting<T>): void {
		const hole = sequenceDistance(this.#next ?? sequence, sequence);
		if (hole > 0) this.#skip(hole, origin);
		this.#next = sequence;
	}

	/** Gives what has no hole before it any more. */
	#drain(): void {
		for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
			if (this.#next === undefined || sequenceDistance(this.#next, first.sequence) > 0) return;
			this.#waiting.shift();
			this.#waitingBytes -= first.bytes.length;
			this.#budget.give(first.bytes.length);
			this.#give(first);
			this.#acknowledgedAt = undefined;
		}
	}

	/** A segment without a hole before it: only what is new of it is given. */
	#give({ sequence, bytes, missing, origin }: Waiting<T>): void {
		const next = this.#next ?? sequence;
		const old = Math.max(0, sequenceDistance(sequence, next));
		const length = bytes.length + missing;
		const known = Math.min(old, length);
		if (known > 0) this.#reader.copy(known, this.#position - old, origin);
		if (old >= length) return;
		const fresh = bytes.subarray(Math.min(old, bytes.length));
		this.#next = sequenceAfter(next, fresh.length);
		if (fresh.length > 0) {
			const position = this.#position;
			this.#position += fresh.length;
			this.#reader.bytes(fresh, position, origin);
		}
		const cut = length - Math.max(old, bytes.length);
		if (cut > 0) {
			this.#skip(cut, origin);
			this.#next = sequenceAfter(this.#next, cut);
		}
	}

	#skip(length: number, origin: T): void {
		this.skipped += length;
		this.skippedBefore = origin;
		this.#gap(length, origin);
	}

	#gap(length: number, origin: T): void {
		const position = this.#position;
		this.#position += length;
		this.#reader.gap(length, position, origin);
	}
}
