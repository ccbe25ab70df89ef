import { type Exchange, isForTheNext } from '../exchange.js';
import { backOffMs } from './back-off.js';

/** A lost flow is opened anew after a moment, so that all clients of a server that restarts do not come at once. */
const REOPEN_MS = 1000;
/** A flow that is lost sooner than that, again and again, is no accident: back-off then. */
const STEADY_MS = 60_000;

interface RetriesDeps {
	/** Seconds before the second attempt; doubles with each failure. */
	readonly retrySeconds: number;
	/** From 0 up to 1. */
	readonly random: () => number;
}

/** When to try again, and at which server. */
export class Retries {
	readonly #deps: RetriesDeps;
	#turn = 0;
	/** Servers tried since it was last registered, or since all of them failed. */
	#tried = 0;
	/** Times in a row that all servers failed. */
	#failures = 0;
	/** Flows that were lost soon, in a row. */
	#flowLosses = 0;

	constructor(deps: RetriesDeps) {
		this.#deps = deps;
	}

	/** Which of the servers has its turn; grows. */
	get turn(): number {
		return this.#turn;
	}

	/** All servers were tried, and the next one would be the first again. */
	get isRoundOver(): boolean {
		return this.#tried === 0;
	}

	succeeded(): void {
		this.#tried = 0;
		this.#failures = 0;
	}

	/**
	 * Milliseconds until the next attempt: RFC 3263 §4.3 has the next server soon, RFC 5626 §4.5 a back-off once all of
	 * them failed. `exchange`: undefined where the name did not resolve; `servers`: how many there are.
	 */
	failed(exchange: Exchange | undefined, retryAfter: number | undefined, servers: number): number {
		this.#tried += 1;
		// To another server there may be a way.
		const isNext = exchange !== undefined && (exchange.kind === 'no-way' || isForTheNext(exchange));
		if (isNext) this.#turn += 1;
		if (isNext && this.#tried < servers) return this.#soonMs();
		this.#tried = 0;
		this.#failures += 1;
		return this.#backOffMs(this.#failures, retryAfter);
	}

	/** `steadyMs`: for how long the flow had stood since the last 2xx. */
	flowLost(steadyMs: number): void {
		this.#flowLosses = steadyMs < STEADY_MS ? this.#flowLosses + 1 : 0;
	}

	/** Milliseconds until a lost flow is opened anew. */
	reopenMs(): number {
		if (this.#flowLosses < 2) return this.#soonMs();
		return this.#backOffMs(this.#flowLosses - 1, undefined);
	}

	#soonMs(): number {
		return REOPEN_MS * (1 + 2 * this.#deps.random());
	}

	#backOffMs(times: number, retryAfter: number | undefined): number {
		const { retrySeconds, random } = this.#deps;
		return backOffMs(times, retrySeconds, random(), retryAfter);
	}
}
