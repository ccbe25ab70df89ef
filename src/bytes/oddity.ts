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

/**
 * Counts oddities by kind, so that a capture of a million broken frames gives one line. Kinds are constants of ours and
 * never made from the wire: that bounds the table.
 */
export class OddityCounter {
	readonly #oddities = new Map<string, Oddity>();

	/** Counts `count` more of a kind; 0 is none. Frame and text of the first time are kept. */
	add(kind: string, layer: string, frame: number, text: string, count = 1): void {
		if (count === 0) return;
		const known = this.#oddities.get(kind);
		if (known !== undefined) {
			this.#oddities.set(kind, { ...known, count: known.count + count });
		} else {
			this.#oddities.set(kind, { kind, layer, count, firstFrame: frame, text });
		}
	}

	list(): readonly Oddity[] {
		return [...this.#oddities.values()];
	}
}
