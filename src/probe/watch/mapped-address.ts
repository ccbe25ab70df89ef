/* The address outside the NAT, as each answer tells it, and what its changes say of the NAT. */
import type { Instant } from '../../time/instant.js';
import { seenSource } from '../nat.js';
import type { Received } from '../register-session.js';
import { type LifetimeInterval, NatLifetime } from './nat-lifetime.js';
import type { Seen } from './watch-news.js';

export interface MappingChange {
	readonly from: Seen;
	readonly to: Seen;
	/** Nothing had gone either way for so long before. */
	readonly silenceMs: number;
}

export class MappedAddress {
	readonly #lifetime = new NatLifetime();
	#last: { readonly seen: Seen; readonly localPort: number } | undefined;
	#silenceMs = 0;

	get seen(): Seen | undefined {
		return this.#last?.seen;
	}

	get lifetime(): LifetimeInterval {
		return this.#lifetime.interval;
	}

	/** A new exchange begins: the silence that counts is the one before it. */
	begin(): void {
		this.#silenceMs = 0;
	}

	sent(at: Instant): void {
		this.#silenceMs = Math.max(this.#silenceMs, this.#lifetime.sent(at));
	}

	answered(at: Instant): void {
		this.#lifetime.answered(at);
	}

	/** A request of the server. */
	reached(at: Instant): void {
		this.#lifetime.reached(at);
	}

	/** What an answer says; the change, where it is another address than before. */
	note(received: Received | undefined, at: Instant): MappingChange | undefined {
		const source = received === undefined ? undefined : seenSource(received);
		if (received === undefined || source === undefined) return undefined;
		this.#lifetime.answered(at);
		const to: Seen = { address: source.address, port: source.port };
		const before = this.#last;
		const localPort = received.local.port;
		this.#last = { seen: to, localPort };
		if (before === undefined) return undefined;
		// Another connection has another port; that is no news.
		const samePort = before.localPort === localPort;
		const moved = samePort && before.seen.port !== to.port;
		if (before.seen.address === to.address && !moved) return undefined;
		const silenceMs = this.#silenceMs;
		if (samePort) this.#lifetime.changedAfter(silenceMs);
		return { from: before.seen, to, silenceMs };
	}
}
