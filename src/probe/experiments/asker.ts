/*
 * One local port or connection, and single requests over it: each is a client transaction of its own (RFC 3261
 * §17.1.2) that ends with the first final answer, or in silence. No credentials are ever sent.
 */
import type { Endpoint } from '../../net/endpoint.js';
import { firstHeader } from '../../sip/header-fields.js';
import type { SipMessage, SipRequest, SipResponse } from '../../sip/message.js';
import { parseDatagram } from '../../sip/parse-message.js';
import { type RequestToSend, serializeRequest } from '../../sip/serialize-message.js';
import { elapsedMs, type Instant } from '../../time/instant.js';
import type { Observed } from '../../trace/observed.js';
import { ProbeError } from '../probe-error.js';
import type { ProbeRecorder } from '../recorder.js';
import { type RunningTransaction, startTransaction } from '../register-transaction.js';
import { failureWords } from '../step-words.js';
import type { Timers } from '../timers.js';
import type { OpenTransport, SipTransport, TransportFailure } from '../transport.js';

export interface AskerDeps {
	readonly open: OpenTransport;
	readonly recorder: ProbeRecorder;
	readonly now: () => Instant;
	readonly timers: Timers;
	readonly signal: AbortSignal | undefined;
}

/** What became of one request. */
export type Answer =
	| {
			readonly kind: 'answered';
			/** As it was sent. */
			readonly request: SipRequest;
			readonly response: SipResponse;
			readonly from: Endpoint;
			readonly local: Endpoint;
			readonly at: Instant;
			readonly ms: number;
			/** Number of the answer's frame in `--save`; 0 where it is not kept. */
			readonly frame: number;
	  }
	| { readonly kind: 'silent' }
	| { readonly kind: 'failed'; readonly failure: TransportFailure }
	| { readonly kind: 'aborted' };

export interface Patience {
	/** How long to wait for a final answer, milliseconds. */
	readonly ms: number;
	/** Sends it again meanwhile, over UDP. */
	readonly again: boolean;
}

export interface Asker {
	readonly local: Endpoint;
	readonly remote: Endpoint;
	/** `branch`: that of the request's Via; how an answer is known. One request at a time. */
	ask(request: RequestToSend, branch: string, patience: Patience): Promise<Answer>;
	close(): Promise<void>;
}

/** `taken`: somebody else has the local port. */
export type OpenedAsker =
	| { readonly kind: 'open'; readonly asker: Asker }
	| { readonly kind: 'taken' }
	| { readonly kind: 'no-way'; readonly why: string }
	| { readonly kind: 'aborted' };

const CONNECT_MS = 4000;

/** Opens a port towards `remote`; sends nothing. */
export async function openAsker(
	remote: Endpoint,
	localPort: number | undefined,
	deps: AskerDeps,
): Promise<OpenedAsker> {
	const state = new AskerState(deps);
	try {
		const { timers, signal } = deps;
		const options = { remote, localPort, timeoutMs: CONNECT_MS, timers, signal };
		const opened = await deps.open({ ...options, listener: state });
		if (opened.kind === 'open') {
			state.transport = opened.transport;
			const { local } = opened.transport;
			return {
				kind: 'open',
				asker: {
					...{ local, remote },
					ask: (request, branch, patience) => state.ask(request, branch, patience),
					close: () => opened.transport.close(),
				},
			};
		}
		if (opened.kind === 'aborted') return opened;
		const why = opened.kind === 'no-way' ? opened.errno : failureWords(opened.failure);
		return { kind: 'no-way', why };
	} catch (error) {
		if (error instanceof ProbeError) return { kind: 'taken' };
		throw error;
	}
}

interface Running {
	readonly branch: string;
	readonly transaction: RunningTransaction;
	received: { readonly observed: Heard; readonly from: Endpoint } | undefined;
}

/** When an answer came, and where it is kept. */
type Heard = Pick<Observed, 'at' | 'frame'>;

class AskerState {
	transport: SipTransport | undefined;
	readonly #deps: AskerDeps;
	#running: Running | undefined;

	constructor(deps: AskerDeps) {
		this.#deps = deps;
	}

	async ask(request: RequestToSend, branch: string, patience: Patience): Promise<Answer> {
		const { transport } = this;
		const { now, timers, signal } = this.#deps;
		const bytes = serializeRequest(request);
		const parsed = parseDatagram(bytes);
		if (transport === undefined || !parsed.ok || parsed.value.kind !== 'request') {
			throw new Error('an experiment sends a request over an open transport');
		}
		const since = now();
		const sent = parsed.value;
		const transaction = startTransaction({
			send: () => {
				this.#record(sent, transport.local, transport.remote, bytes.length);
				transport.send(bytes);
			},
			unreliable: patience.again && transport.name === 'udp',
			timeoutMs: patience.ms,
			timers,
			signal,
			onWaiting: undefined,
		});
		const running: Running = { branch, transaction, received: undefined };
		this.#running = running;
		const end = await transaction.end;
		this.#running = undefined;
		if (end.kind === 'timed-out') return { kind: 'silent' };
		if (end.kind !== 'final') return end;
		const heard = running.received;
		const at = heard?.observed.at ?? now();
		return {
			kind: 'answered',
			...{ request: sent, response: end.response, local: transport.local },
			from: heard?.from ?? transport.remote,
			...{ at, ms: elapsedMs(since, at), frame: heard?.observed.frame ?? 0 },
		};
	}

	onMessage(parsed: ReturnType<typeof parseDatagram>, from: Endpoint, length: number): void {
		const running = this.#running;
		const { transport } = this;
		if (transport === undefined || !parsed.ok) return;
		if (parsed.value.kind !== 'response') {
			this.#aside(parsed.value, from, transport.local);
			return;
		}
		const response = parsed.value;
		const observed = this.#record(response, from, transport.local, length);
		if (firstHeader(response, 'via')?.value.includes(running?.branch ?? '\n') !== true) return;
		if (running === undefined) return;
		running.received = { observed: observed ?? { at: this.#deps.now(), frame: 0 }, from };
		running.transaction.onResponse(response);
	}

	onFailure(failure: TransportFailure): void {
		this.#running?.transaction.onFailure(failure);
	}

	/** What came and is no SIP. */
	onOther(payload: Uint8Array, from: Endpoint): void {
		const { transport } = this;
		if (transport === undefined) return;
		const way = { transport: transport.name, src: from, dst: transport.local };
		this.#deps.recorder.aside({ dissector: 'data', ...way, payload });
	}

	#aside({ bytes }: SipMessage, src: Endpoint, dst: Endpoint): number | undefined {
		const { transport } = this;
		if (transport === undefined) return undefined;
		const way = { transport: transport.name, src, dst };
		return this.#deps.recorder.aside({ dissector: 'sip', ...way, payload: bytes });
	}

	/** A REGISTER of an experiment is none of the registration that is being diagnosed: it is kept beside it. */
	#record(message: SipMessage, src: Endpoint, dst: Endpoint, length: number): Heard | undefined {
		const { transport } = this;
		const method = firstHeader(message, 'cseq')?.value.trim().split(/\s+/)[1];
		if (transport === undefined) return undefined;
		if (method !== 'OPTIONS') {
			const frame = this.#aside(message, src, dst);
			return frame === undefined ? undefined : { frame, at: this.#deps.now() };
		}
		return this.#deps.recorder.message(message, src, dst, transport.name, length);
	}
}
