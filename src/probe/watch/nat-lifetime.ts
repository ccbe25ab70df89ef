/*
 * How long a NAT keeps the mapping of the flow, from what happens anyway: a request of the server that still arrives after
 * a silence shows that it lives so long, another mapped address after a silence that it does not.
 */
import { elapsedMs, type Instant } from '../../time/instant.js';

/** Seconds; undefined where nothing showed it. */
export interface LifetimeInterval {
	readonly atLeast: number | undefined;
	readonly atMost: number | undefined;
}

const MIN_CHANGES = 2;

export class NatLifetime {
	#lastPacketAt: Instant | undefined;
	#atLeastMs: number | undefined;
	#atMostMs: number | undefined;
	#changes = 0;

	/** Undefined bounds where nothing was seen, or where what was seen contradicts itself (a NAT that was restarted). */
	get interval(): LifetimeInterval {
		const low = this.#atLeastMs;
		// Once may have been a router that was restarted.
		const high = this.#changes < MIN_CHANGES ? undefined : this.#atMostMs;
		if (low !== undefined && high !== undefined && low > high)
			return { atLeast: undefined, atMost: undefined };
		return { atLeast: seconds(low), atMost: seconds(high) };
	}

	/** A packet of ours; gives the silence before it, milliseconds. */
	sent(at: Instant): number {
		const silence = this.#silence(at);
		this.#lastPacketAt = at;
		return silence;
	}

	/** An answer of the server. */
	answered(at: Instant): void {
		this.#lastPacketAt = at;
	}

	/** A request of the server that nothing of ours had asked for. */
	reached(at: Instant): void {
		this.#atLeastMs = Math.max(this.#atLeastMs ?? 0, this.#silence(at));
		this.#lastPacketAt = at;
	}

	/** The first packet after so long a silence got another mapping. */
	changedAfter(silenceMs: number): void {
		this.#changes += 1;
		this.#atMostMs = Math.min(this.#atMostMs ?? silenceMs, silenceMs);
	}

	#silence(at: Instant): number {
		return this.#lastPacketAt === undefined ? 0 : Math.max(0, elapsedMs(this.#lastPacketAt, at));
	}
}

function seconds(ms: number | undefined): number | undefined {
	return ms === undefined ? undefined : Math.round(ms / 100) / 10;
}
