/*
 * The one flow of a registration that stays (RFC 5626 §2): opened when it is needed, kept between the REGISTERs, which
 * borrow it one after the other. Requests of the server, answers to keep-alives and the loss of the connection belong to
 * the owner, everything else to the borrower.
 */
import type { Endpoint } from '../../net/endpoint.js';
import type { SipRequest, SipResponse } from '../../sip/message.js';
import { ProbeError } from '../probe-error.js';
import type { Opened, SipTransport, TransportFailure, TransportListener } from '../transport.js';

export interface KeptFlowDeps {
	/** `localPort`: the one of the flow before, so that its Contact and its NAT mapping stay the same over UDP. */
	readonly open: (
		listener: TransportListener,
		localPort: number | undefined,
		signal: AbortSignal | undefined,
	) => Promise<Opened>;
	readonly onRequest: (request: SipRequest, from: Endpoint) => void;
	/** True where it was an answer to a keep-alive. */
	readonly onResponse: (response: SipResponse) => boolean;
	readonly onOther: (payload: Uint8Array) => void;
	/** The flow is of no more use, and nobody had borrowed it. */
	readonly onLost: (failure: TransportFailure) => void;
	/** Every packet of ours. */
	readonly onSend: () => void;
}

export class KeptFlow {
	readonly #deps: KeptFlowDeps;
	#transport: SipTransport | undefined;
	#borrower: TransportListener | undefined;
	#lastPort: number | undefined;
	#wasOpen = false;

	constructor(deps: KeptFlowDeps) {
		this.#deps = deps;
	}

	get transport(): SipTransport | undefined {
		return this.#transport?.usable === true ? this.#transport : undefined;
	}

	/** Lends the flow, opened where there is none; what the borrower closes is only the loan. */
	async borrow(listener: TransportListener, signal: AbortSignal | undefined): Promise<Opened> {
		const opened = await this.#open(signal);
		return opened.kind === 'open' ? this.#lend(opened.transport, listener) : opened;
	}

	/** The flow is another one from now on, `open`s: one over TCP for what is too large for UDP. */
	async exchange(
		listener: TransportListener,
		open: (listener: TransportListener) => Promise<Opened>,
	): Promise<Opened> {
		const opened = await open(this.#listener());
		if (opened.kind !== 'open') return opened;
		await this.close();
		this.#transport = opened.transport;
		return this.#lend(opened.transport, listener);
	}

	#lend(transport: SipTransport, listener: TransportListener): Opened {
		this.#borrower = listener;
		return {
			kind: 'open',
			transport: {
				...transport,
				get usable() {
					return transport.usable;
				},
				send: (bytes) => this.send(bytes),
				close: async () => {
					if (this.#borrower === listener) this.#borrower = undefined;
				},
			},
		};
	}

	send(bytes: Uint8Array): void {
		this.#deps.onSend();
		this.#transport?.send(bytes);
	}

	/** The next borrower gets another one, from the same port where it is UDP. */
	async close(): Promise<void> {
		const transport = this.#transport;
		this.#transport = undefined;
		this.#borrower = undefined;
		await transport?.close();
	}

	async #open(signal: AbortSignal | undefined): Promise<Opened> {
		if (this.#transport?.usable === true) return { kind: 'open', transport: this.#transport };
		await this.close();
		const opened = await this.#openAgain(signal);
		if (opened.kind === 'open') {
			this.#transport = opened.transport;
			this.#wasOpen = true;
			if (opened.transport.name === 'udp') this.#lastPort = opened.transport.local.port;
		}
		return opened;
	}

	/** Somebody else may have taken the port meanwhile: then another one, and never the end of it. */
	async #openAgain(signal: AbortSignal | undefined): Promise<Opened> {
		const { open } = this.#deps;
		// The first time the user is told that the port cannot be had.
		if (!this.#wasOpen) return open(this.#listener(), undefined, signal);
		try {
			return await open(this.#listener(), this.#lastPort, signal);
		} catch (error) {
			if (!(error instanceof ProbeError)) throw error;
		}
		try {
			return await open(this.#listener(), undefined, signal);
		} catch (error) {
			if (!(error instanceof ProbeError)) throw error;
			return { kind: 'no-way', errno: 'EADDRINUSE' };
		}
	}

	#listener(): TransportListener {
		return {
			onMessage: (parsed, from, length) => {
				const message = parsed.ok ? parsed.value : undefined;
				if (message?.kind === 'request') this.#deps.onRequest(message, from);
				else if (message === undefined || !this.#deps.onResponse(message))
					this.#borrower?.onMessage(parsed, from, length);
			},
			onOther: (payload) => this.#deps.onOther(payload),
			onFailure: (failure) => {
				if (this.#borrower === undefined) this.#deps.onLost(failure);
				else this.#borrower.onFailure(failure);
			},
		};
	}
}
