/* How long REGISTERs took to be answered: counted by time, so that a capture of any size takes one table. */
import type { RegisterTransaction } from '../registration/registration.js';
import { answerTime } from '../transaction/client-transaction.js';

/** Different times that are told apart exactly; beyond it three digits are enough. */
const MAX_EXACT = 10_000;
const MAX_LISTED = 10_000;

export class ResponseTimes {
	/** Microseconds → how many. */
	#counts: Map<number, number>;

	constructor(counts: ReadonlyMap<number, number> = new Map()) {
		this.#counts = new Map(counts);
	}

	/** First send to final response at the phone's leg. */
	add({ phone }: RegisterTransaction): void {
		const time = answerTime(phone);
		if (time !== undefined) this.addTime(time);
	}

	/** Microseconds. */
	addTime(time: number): void {
		const key = this.#counts.size < MAX_EXACT || this.#counts.has(time) ? time : rounded(time);
		this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
	}

	/** These and those of other transactions. */
	with(transactions: readonly RegisterTransaction[]): ResponseTimes {
		const all = new ResponseTimes(this.#counts);
		for (const transaction of transactions) all.add(transaction);
		return all;
	}

	/** These and those of another source. */
	plus(other: ResponseTimes): ResponseTimes {
		const counts = new Map(this.#counts);
		for (const [time, count] of other.#counts) counts.set(time, (counts.get(time) ?? 0) + count);
		return new ResponseTimes(counts);
	}

	/** Milliseconds, ascending; of very many as many as tell how they are distributed. */
	ascendingMs(): readonly number[] {
		const counts = [...this.#counts].toSorted(([a], [b]) => a - b);
		const total = counts.reduce((sum, [, count]) => sum + count, 0);
		const step = Math.max(1, total / MAX_LISTED);
		const list: number[] = [];
		let seen = 0;
		for (const [time, count] of counts) {
			seen += count;
			while (list.length < MAX_LISTED && list.length * step < seen) list.push(time / 1000);
		}
		return list;
	}
}

function rounded(time: number): number {
	return Number(time.toPrecision(3));
}
