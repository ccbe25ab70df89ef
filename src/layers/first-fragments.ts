/*
 * Fragments that packets begin with, as long as the rest may still come. Of a packet that never becomes whole they hold the
 * ports, and most of a SIP message: a capture filter on ports leaves nothing else.
 */
import type { Frame } from '../capture/frame.js';
import type { Instant } from '../time/instant.js';
import type { IpPacket } from './ip-packet.js';
import type { LinkPayload } from './link-payload.js';

/** Fragments of one packet leave together; this covers the slowest of lines, and what overtakes on the way. */
const PATIENCE_US = 1_000_000;
/** What stands between two fragments that follow each other sooner than this crossed them. */
const TOGETHER_US = 1_000;
/** Beyond so many at one time the oldest is waited for no longer. */
const MAX_AWAITED = 64;

const NO_BYTES = new Uint8Array(0);

/** Copies, safe to keep; of all bytes those of `ip.payload` alone. */
export interface FirstFragment {
	readonly frame: Frame;
	readonly link: LinkPayload;
	readonly ip: IpPacket;
}

/** Copies what is kept of a fragment; `payload` is that of the packet, a copy already. */
export function firstFragment(
	{ frame, link, ip }: FirstFragment,
	payload: Uint8Array,
): FirstFragment {
	const sourceMac = link.sourceMac && Uint8Array.from(link.sourceMac);
	const destinationMac = link.destinationMac && Uint8Array.from(link.destinationMac);
	const source = Uint8Array.from(ip.source);
	const destination = Uint8Array.from(ip.destination);
	return {
		frame: { ...frame, bytes: NO_BYTES },
		link: { ...link, sourceMac, destinationMac, payload: NO_BYTES },
		ip: { ...ip, source, destination, payload },
	};
}

/** The first fragments of the packets that are not whole, by the key of the packet. */
export class FirstFragments {
	/** In the order in which they came. */
	readonly #awaited = new Map<string, FirstFragment>();

	add(key: string, first: FirstFragment): void {
		if (!this.#awaited.has(key)) this.#awaited.set(key, first);
	}

	/** The packet is whole, or nobody wants it any more. */
	remove(key: string): void {
		this.#awaited.delete(key);
	}

	/**
	 * Takes out those whose rest is waited for no longer: it did not come in the second before `at`, or too many wait, or
	 * `isOver` says so, but not in the first moment. Where the rest comes after all, the packet is whole all the same.
	 */
	take(at: Instant, isOver: (first: FirstFragment) => boolean): readonly FirstFragment[] {
		if (this.#awaited.size === 0) return [];
		const taken: FirstFragment[] = [];
		let tooMany = this.#awaited.size - MAX_AWAITED;
		for (const [key, first] of this.#awaited) {
			const age = at - first.frame.at;
			tooMany -= 1;
			if (age <= PATIENCE_US && tooMany < 0 && (age <= TOGETHER_US || !isOver(first))) continue;
			taken.push(first);
			this.#awaited.delete(key);
		}
		return taken;
	}
}
