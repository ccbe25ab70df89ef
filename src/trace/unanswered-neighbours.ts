/* ARP requests and neighbour solicitations that nobody answers until the end of the capture (RFC 826, RFC 4861 §7.2). */
import type { Instant } from '../time/instant.js';
import type { UnansweredNeighbourEvent } from './observed.js';

/** A sweep asks for thousands: nobody needs them all. */
const MAX_ADDRESSES = 4096;
const MAX_ASKERS = 64;
/** Nearer than this are two sightings of one packet; a host asks again after a second (RFC 1122 §2.3.2.1). */
const SAME_PACKET_US = 100_000;
/** Asked once, the answer may still be under way, or unicast on another port of a switch. */
const MIN_COPIES = 2;

interface Asked {
	readonly at: Instant;
	readonly frame: number;
	readonly copies: number;
	readonly lastAt: Instant;
}

export class UnansweredNeighbours {
	/** Address → asker → how often. */
	readonly #asked = new Map<string, Map<string, Asked>>();

	asked(asker: string, address: string, at: Instant, frame: number): void {
		const askers = this.#asked.get(address) ?? new Map<string, Asked>();
		const known = askers.get(asker);
		if (known !== undefined) {
			if (at - known.lastAt <= SAME_PACKET_US) return;
			askers.set(asker, { ...known, copies: known.copies + 1, lastAt: at });
			return;
		}
		if (this.#asked.size >= MAX_ADDRESSES || askers.size >= MAX_ASKERS) return;
		askers.set(asker, { at, frame, copies: 1, lastAt: at });
		this.#asked.set(address, askers);
	}

	/** The address was heard on the link. */
	heard(address: string): void {
		if (this.#asked.size > 0) this.#asked.delete(address);
	}

	/** At the end of the capture. */
	unanswered(source: string): readonly UnansweredNeighbourEvent[] {
		return [...this.#asked].flatMap(([address, askers]) =>
			[...askers].flatMap(([asker, { at, frame, copies }]): UnansweredNeighbourEvent[] =>
				copies < MIN_COPIES
					? []
					: [{ kind: 'neighbour-unanswered', at, source, frame, address, asker, copies }],
			),
		);
	}
}
