import type { Timers } from '../../src/probe/timers.js';

/** What a datagram needs to get through loopback. */
const SOCKET_TIME_MS = 20;
/** So often the sockets are looked at as well: on a busy machine the time alone may be over before anything was read. */
const SOCKET_TURNS = 20;

/** Timers that run only when told to; promises settle in between. */
export class VirtualTimers implements Timers {
	now = 0;
	readonly #waiting = new Set<{ readonly at: number; readonly action: () => void }>();

	get pending(): number {
		return this.#waiting.size;
	}

	after(ms: number, action: () => void): () => void {
		const entry = { at: this.now + ms, action };
		this.#waiting.add(entry);
		return () => this.#waiting.delete(entry);
	}

	async advance(ms: number): Promise<void> {
		const until = this.now + ms;
		for (let next = this.#next(until); next !== undefined; next = this.#next(until)) {
			this.now = next.at;
			this.#waiting.delete(next);
			next.action();
			await Promise.resolve();
		}
		this.now = until;
		await Promise.resolve();
	}

	/** Fires one timer after the other, with real time for sockets in between, until the promise settles. */
	async drive<T>(promise: Promise<T>): Promise<T> {
		const state = { settled: false };
		const done = promise.finally(() => {
			state.settled = true;
		});
		for (let turn = 0; turn < 200; turn += 1) {
			await new Promise((resolve) => setTimeout(resolve, SOCKET_TIME_MS));
			for (let look = 0; look < SOCKET_TURNS; look += 1)
				await new Promise((resolve) => setImmediate(resolve));
			if (state.settled) break;
			const next = this.#next(Number.POSITIVE_INFINITY);
			if (next !== undefined) await this.advance(next.at - this.now);
		}
		return done;
	}

	#next(until: number): { readonly at: number; readonly action: () => void } | undefined {
		return [...this.#waiting].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
	}
}
