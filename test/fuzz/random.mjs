/* Randomness that two numbers give again on any machine: the seed of a run and the number of the input. */

/** A stream of pseudo-random numbers (Mulberry32: 32 bits of state, public domain). */
export class Random {
	#state;

	constructor(seed, number) {
		// Neighbouring inputs must not start alike: their numbers are spread over all bits.
		this.#state = (Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b)) >>> 0;
		for (let round = 0; round < 4; round += 1) this.#next();
	}

	#next() {
		this.#state = (this.#state + 0x6d2b79f5) >>> 0;
		let mixed = this.#state;
		mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return (mixed ^ (mixed >>> 14)) >>> 0;
	}

	/** A whole number from 0 to one less than `limit`; 0 where the limit is less than 1. */
	below(limit) {
		return limit < 1 ? 0 : this.#next() % limit;
	}

	between(least, most) {
		return least + this.below(most - least + 1);
	}

	/** True once in `every` times. */
	once(every) {
		return this.below(every) === 0;
	}

	pick(list) {
		return list[this.below(list.length)];
	}
}
