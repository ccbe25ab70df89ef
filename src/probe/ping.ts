/*
 * One OPTIONS beside the first REGISTER (RFC 3261 §11): who answers there, what it allows, how fast. It never holds up
 * the REGISTER, and that nobody answers it is no failure: many servers ignore it.
 */
import { firstHeader, headerValues, splitValues } from '../sip/header-fields.js';
import type { SipResponse } from '../sip/message.js';
import type { Instant } from '../time/instant.js';
import { elapsedMs } from '../time/instant.js';
import { clipped, quoted } from './checklist.js';
import type { ProbeStep } from './probe-step.js';
import type { Timers } from './timers.js';

/** However slow the REGISTER was answered. */
const MAX_WAIT_MS = 2000;
/** However fast. */
const MIN_WAIT_MS = 250;
/** A server that answers REGISTER in this time answers OPTIONS in four times of it, or not at all. */
const PATIENCE = 4;
const MAX_SHOWN = 30;

export interface PingAnswer {
	readonly response: SipResponse;
	readonly ms: number;
}

/** An OPTIONS under way: what came of it, once. */
export class Ping {
	readonly branch: string;
	readonly bytes: Uint8Array;
	readonly #sentAt: Instant;
	#answer: PingAnswer | undefined;
	#heard = (): void => undefined;

	constructor(bytes: Uint8Array, branch: string, sentAt: Instant) {
		this.bytes = bytes;
		this.branch = branch;
		this.#sentAt = sentAt;
	}

	get isAnswered(): boolean {
		return this.#answer !== undefined;
	}

	onResponse(response: SipResponse, at: Instant): void {
		if (response.statusCode < 200 || this.#answer !== undefined) return;
		this.#answer = { response, ms: elapsedMs(this.#sentAt, at) };
		this.#heard();
	}

	/** The answer, waited for as long as the REGISTER's time lets expect; `registerMs` absent: no longer at all. */
	wait(
		registerMs: number | undefined,
		timers: Timers,
		signal: AbortSignal | undefined,
	): Promise<PingAnswer | undefined> {
		if (this.#answer !== undefined || registerMs === undefined || signal?.aborted === true)
			return Promise.resolve(this.#answer);
		const wanted = Math.min(Math.max(PATIENCE * registerMs, MIN_WAIT_MS), MAX_WAIT_MS);
		return new Promise((resolve) => {
			const done = (): void => {
				cancel();
				signal?.removeEventListener('abort', done);
				resolve(this.#answer);
			};
			const cancel = timers.after(wanted, done);
			this.#heard = done;
			signal?.addEventListener('abort', done, { once: true });
		});
	}
}

/** The `options` step. `answer` absent: nothing came, or nothing was waited for. */
export function optionsStep(answer: PingAnswer | undefined): readonly [ProbeStep['state'], string] {
	if (answer === undefined) {
		return ['cannot-tell', 'OPTIONS was not answered, which many servers never do'];
	}
	const { response } = answer;
	const status = `${response.statusCode} ${clipped(response.reasonPhrase)}`.trim();
	const server = firstHeader(response, 'server') ?? firstHeader(response, 'user-agent');
	const who = server === undefined ? 'a server that does not name itself' : quoted(server.value);
	if (response.statusCode >= 300) {
		return ['cannot-tell', `OPTIONS was refused with ${status} by ${who}, as many servers do`];
	}
	const allow = headerValues(response, 'allow').flatMap(splitValues).slice(0, MAX_SHOWN);
	const methods =
		allow.length === 0 ? 'it names no methods' : `it allows ${clipped(allow.join(', '))}`;
	return ['ok', `${status} from ${who}; ${methods}`];
}
