/*
 * Keeps the flow alive between the REGISTERs (RFC 5626 §3.5, §4.4): CRLF, which nobody answers over UDP; CRLF over a
 * connection, OPTIONS and STUN, whose silence shows a dead flow, once the server has shown that it answers them.
 */
import { parseStun, STUN_TRANSACTION_ID_BYTES, stunBindingRequest } from '../../net/stun.js';
import { headerValues } from '../../sip/header-fields.js';
import type { SipResponse } from '../../sip/message.js';
import { isKeepAlive } from '../keep-alive.js';
import type { Timers } from '../timers.js';

export type KeepAliveMethod = 'crlf' | 'options' | 'stun' | 'none';

/** RFC 5626 §4.4.1: no pong for so long, and the flow has failed. */
const PATIENCE_MS = 10_000;
/** Sent again over UDP; what is beyond the patience is not. */
const AGAIN_AT_MS = [500, 1500, 3500, 7500];
/** What is waited for after a CRLF: it has no id. */
const PONG = 'pong';
const CRLF = Uint8Array.from([0x0d, 0x0a, 0x0d, 0x0a]);

export interface KeepAliveDeps {
	readonly method: KeepAliveMethod;
	/** Asked anew each time. */
	readonly intervalMs: () => number;
	readonly timers: Timers;
	readonly randomBytes: (length: number) => Uint8Array;
	/** Milliseconds of any clock that only goes forward. */
	readonly nowMs: () => number;
	readonly send: (bytes: Uint8Array) => void;
	readonly isUnreliable: () => boolean;
	/** The bytes of an OPTIONS with this branch; undefined while there is no flow. */
	readonly optionsBytes: (branch: string) => Uint8Array | undefined;
	readonly onAnswer: (ms: number) => void;
	/** `isDead`: the server answered before, so the flow is to blame. */
	readonly onSilence: (isDead: boolean) => void;
}

interface Asked {
	/** Branch, or transaction id in hex. */
	readonly id: string;
	readonly since: number;
	readonly cancel: () => void;
}

export class KeepAlive {
	readonly #deps: KeepAliveDeps;
	#asked: Asked | undefined;
	#answeredOnce = false;
	#cancelNext = (): void => undefined;

	constructor(deps: KeepAliveDeps) {
		this.#deps = deps;
	}

	/** From now on every interval, until `stop`. */
	start(): void {
		this.stop();
		if (this.#deps.method !== 'none') this.#arm();
	}

	#arm(): void {
		this.#cancelNext = this.#deps.timers.after(this.#deps.intervalMs(), () => {
			this.#arm();
			if (this.#asked === undefined) this.#ask();
		});
	}

	stop(): void {
		this.#cancelNext();
		this.#settle();
	}

	/** True where the response answers a keep-alive. */
	takeResponse(response: SipResponse): boolean {
		const asked = this.#asked;
		const via = headerValues(response, 'via')[0];
		if (asked === undefined || via?.includes(asked.id) !== true) return false;
		if (response.statusCode >= 200) this.#answered(asked);
		return true;
	}

	takeOther(payload: Uint8Array): void {
		if (this.#asked?.id === PONG && isKeepAlive(payload)) this.#answered(this.#asked);
		const stun = parseStun(payload);
		if (stun === undefined || stun.message === 'request' || this.#asked === undefined) return;
		if (Buffer.from(stun.transactionId).toString('hex') === this.#asked.id)
			this.#answered(this.#asked);
	}

	#answered({ since }: Asked): void {
		this.#settle();
		this.#answeredOnce = true;
		this.#deps.onAnswer(this.#deps.nowMs() - since);
	}

	#settle(): void {
		this.#asked?.cancel();
		this.#asked = undefined;
	}

	#ask(): void {
		const { method, send, randomBytes, optionsBytes, isUnreliable } = this.#deps;
		if (method === 'crlf') {
			if (isUnreliable()) send(CRLF);
			else this.#await(PONG, CRLF);
			return;
		}
		const token = randomBytes(STUN_TRANSACTION_ID_BYTES);
		const hex = Buffer.from(token).toString('hex');
		if (method === 'stun') {
			this.#await(hex, stunBindingRequest(token, undefined));
			return;
		}
		const branch = `z9hG4bK${hex}`;
		const bytes = optionsBytes(branch);
		if (bytes !== undefined) this.#await(branch, bytes);
	}

	#await(id: string, bytes: Uint8Array): void {
		const { timers, send, isUnreliable, nowMs, onSilence } = this.#deps;
		const again = isUnreliable()
			? AGAIN_AT_MS.map((ms) => timers.after(ms, () => send(bytes)))
			: [];
		const limit = timers.after(PATIENCE_MS, () => {
			this.#settle();
			onSilence(this.#answeredOnce);
		});
		const cancel = (): void => {
			for (const one of [...again, limit]) one();
		};
		this.#asked = { id, since: nowMs(), cancel };
		send(bytes);
	}
}
