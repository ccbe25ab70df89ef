/*
 * Data of one direction of a connection that went by and is not in the capture: the other side has acknowledged it
 * (RFC 9293 §3.4), what came behind it was read without it, or the snaplen cut it.
 */
import { sequenceDistance } from './tcp.js';
import { MAX_STEP, type SegmentOrigin, type TcpStream } from './tcp-stream.js';

export interface UnseenRun<T> {
	/** Bytes. */
	readonly length: number;
	/** The packet that shows it first. */
	readonly origin: T;
}

/** Runs of one direction that are told one by one, the latest. */
const MAX_RUNS = 64;
/** A FIN counts as one byte (RFC 9293 §3.4), and may be all that was missed. */
const FIN_LENGTH = 1;

export class UnseenBytes<T extends SegmentOrigin> {
	readonly #stream: TcpStream<T>;
	readonly #runs: UnseenRun<T>[] = [];
	/** Acknowledged and not seen so far; a capture may have the data behind its acknowledgment. */
	#ahead: { readonly from: number; to: number; readonly origin: T } | undefined;
	/** Bytes that the stream lacks and that are among the runs. */
	#skipped = 0;

	constructor(stream: TcpStream<T>) {
		this.#stream = stream;
	}

	/** The other side has everything before `acknowledgment`, and had everything before `previous` earlier. */
	acknowledge(previous: number | undefined, acknowledgment: number, originOf: () => T): void {
		this.settle();
		if (this.#ahead !== undefined) {
			if (sequenceDistance(this.#ahead.to, acknowledgment) > 0) this.#ahead.to = acknowledgment;
			return;
		}
		const from = this.#stream.next ?? previous ?? acknowledgment;
		const length = sequenceDistance(from, acknowledgment);
		if (length > FIN_LENGTH && length < MAX_STEP)
			this.#ahead = { from, to: acknowledgment, origin: originOf() };
	}

	/** After the stream took a packet. */
	settle(): void {
		const { skipped, skippedBefore } = this.#stream;
		const shownBy = this.#ahead?.origin ?? skippedBefore;
		if (skipped > this.#skipped && shownBy !== undefined) {
			this.#tell(skipped - this.#skipped, shownBy);
			this.#skipped = skipped;
		}
		if (this.#left() <= FIN_LENGTH) this.#ahead = undefined;
	}

	/** When nothing more will come. */
	end(): readonly UnseenRun<T>[] {
		this.settle();
		if (this.#ahead !== undefined) this.#tell(this.#left(), this.#ahead.origin);
		return this.#runs;
	}

	#left(): number {
		const ahead = this.#ahead;
		return ahead === undefined ? 0 : sequenceDistance(this.#stream.next ?? ahead.from, ahead.to);
	}

	#tell(length: number, origin: T): void {
		if (this.#runs.push({ length, origin }) > MAX_RUNS) this.#runs.shift();
	}
}
