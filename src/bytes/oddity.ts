/** Bytes that are not what their layer promises, counted over one source (design §2, `sources[].oddities`). */
export interface Oddity {
	/** Kebab-case, `ipv4-truncated`, `unknown-link-type`. */
	readonly kind: string;
	readonly layer: string;
	readonly count: number;
	/** Wireshark's number of the first frame that showed it; 0 where no frame is concerned. */
	readonly firstFrame: number;
	/** What was seen the first time, with offset and whose length was wrong. */
	readonly text: string;
}

/** Counts oddities by kind, so that a capture of a million broken frames gives one line. Bounded: see `limit`. */
export class OddityCounter {
	readonly #counts = new Map<
		string,
		{ layer: string; count: number; firstFrame: number; text: string }
	>();
	readonly #limit: number;

	constructor(limit = 200) {
		this.#limit = limit;
	}

	add(kind: string, layer: string, frame: number, text: string): void {
		const known = this.#counts.get(kind);
		if (known !== undefined) {
			known.count += 1;
			return;
		}
		if (this.#counts.size >= this.#limit) {
			if (kind !== 'further-oddities') this.add('further-oddities', layer, frame, text);
			else this.#counts.set(kind, { layer, count: 1, firstFrame: frame, text });
			return;
		}
		this.#counts.set(kind, { layer, count: 1, firstFrame: frame, text });
	}

	list(): readonly Oddity[] {
		return [...this.#counts].map(([kind, facts]) => ({ kind, ...facts }));
	}
}
