/* When exchanges were seen of which nothing but that is counted, as the recogniser noted it (assembly/noted-times.ts). */
import type { Instant } from '../time/instant.js';
import type { Recogniser } from './recogniser.js';
import type { Answered, MessageTimes } from './repeatable.js';

const BYTES_OF_ONE = 8;

/** What is noted behind these: of each message its time. */
const KIND = 0;
const LAST_FRAME = 1;
const FIRST_TIME = 2;

interface Kind {
	/** Messages of an exchange. */
	readonly count: number;
	readonly answered: readonly Answered[];
}

/** Exchanges that stand for themselves no longer. */
export class NotedTimes {
	readonly #recogniser: Recogniser;
	readonly #tell: (times: MessageTimes, answered: readonly Answered[]) => void;
	readonly #kinds: Kind[] = [];
	/** By what they say; numbers begin with 1. */
	readonly #numbers = new Map<string, number>();

	constructor(
		recogniser: Recogniser,
		tell: (times: MessageTimes, answered: readonly Answered[]) => void,
	) {
		this.#recogniser = recogniser;
		this.#tell = tell;
	}

	/** The number that exchanges of so many messages are noted as. */
	kindOf(count: number, answered: readonly Answered[]): number {
		const key = `${count} ${answered.map(({ sent, final }) => `${sent} ${final}`).join()}`;
		const known = this.#numbers.get(key);
		if (known !== undefined) return known;
		this.#kinds.push({ count, answered });
		this.#numbers.set(key, this.#kinds.length);
		return this.#kinds.length;
	}

	/** Tells what is noted, in its order: to be done before anything else is told. */
	tell(): void {
		const { code, bytes } = this.#recogniser;
		const used = code.notedBytes();
		if (used === 0) return;
		const start = Number(code.notedTimes.value);
		const noted = new Float64Array(bytes.buffer, start, used / BYTES_OF_ONE);
		const times = new TimesAt(noted);
		for (let at = 0; at < noted.length; at += FIRST_TIME + times.count) {
			const kind = this.#kinds[(noted[at + KIND] ?? 0) - 1];
			if (kind === undefined) throw new RangeError('times were noted of a kind that nobody knows');
			times.at = at;
			times.count = kind.count;
			this.#tell(times, kind.answered);
		}
		code.clearNoted();
	}
}

/** Those of one exchange after the other. */
class TimesAt implements MessageTimes {
	at = 0;
	count = 0;
	readonly #noted: Float64Array;

	constructor(noted: Float64Array) {
		this.#noted = noted;
	}

	timeOf(message: number): Instant {
		return this.#noted[this.at + FIRST_TIME + message] ?? 0;
	}

	get lastFrame(): number {
		return this.#noted[this.at + LAST_FRAME] ?? 0;
	}
}
