/*
 * The flow of a registration with all that goes over it between the REGISTERs: keep-alives, the server's own requests,
 * and the word that it is lost.
 */

import type { Endpoint } from '../../net/endpoint.js';
import type { SipRequest, SipResponse } from '../../sip/message.js';
import type { ProbeEvent } from '../../trace/observed.js';
import { answerRequest } from '../answer-request.js';
import { DEFAULT_PORTS, defaultTransport } from '../locate/service.js';
import { optionsRequest } from '../options-request.js';
import { orAborted } from '../or-aborted.js';
import type { ProbeRecorder } from '../recorder.js';
import type { Identity } from '../register-request.js';
import type { ProbeTarget } from '../target.js';
import type {
	Opened,
	OpenOptions,
	SipTransport,
	TransportFailure,
	TransportListener,
} from '../transport.js';
import { type FoundServers, findServers, type Server } from './find-servers.js';
import { keepAliveMs } from './flow-timer.js';
import { KeepAlive } from './keep-alive.js';
import type { KeepDeps, KeepOptions } from './keep-options.js';
import { KeptFlow } from './kept-flow.js';
import { MappedAddress } from './mapped-address.js';

type FlowDeps = Pick<
	KeepDeps<never>,
	'now' | 'random' | 'randomBytes' | 'timers' | 'resolver' | 'transports' | 'signal'
> & {
	/** The flow is of no more use. */
	readonly onLost: (failure: TransportFailure) => void;
	readonly onRequest: (method: string, from: Endpoint) => void;
	readonly onKeepAlive: (ms: number) => void;
	readonly onSilence: (isDead: boolean) => void;
};

export class ServedFlow {
	readonly mapped = new MappedAddress();
	/** The last 2xx to a REGISTER with the own Contact. */
	accepted: SipResponse | undefined;
	/** Known from the first opening on. */
	identity: Identity | undefined;
	readonly #options: KeepOptions;
	readonly #deps: FlowDeps;
	readonly #target: ProbeTarget;
	readonly #flow: KeptFlow;
	readonly #keepAlive: KeepAlive;
	#server: Server | undefined;
	#count = 1;

	constructor(options: KeepOptions, target: ProbeTarget, deps: FlowDeps) {
		this.#options = options;
		this.#target = target;
		this.#deps = deps;
		this.#keepAlive = this.#newKeepAlive();
		this.#flow = new KeptFlow({
			open: (listener, localPort, signal) => this.#open(listener, localPort, signal),
			onRequest: (request, from) => this.#serve(request, from),
			onResponse: (response) => this.#keepAlive.takeResponse(response),
			onOther: (payload) => this.#keepAlive.takeOther(payload),
			onLost: deps.onLost,
			onSend: () => this.mapped.sent(deps.now()),
		});
	}

	get transport(): SipTransport | undefined {
		return this.#flow.transport;
	}

	get server(): Server | undefined {
		return this.#server;
	}

	/** How many servers the name had when it was last asked for. */
	get count(): number {
		return this.#count;
	}

	/**
	 * The server of the present flow; where there is none, one of those that the name has, another one with each `turn`.
	 * Tells the recorder what is tried, and where the name does not resolve.
	 */
	async find(
		recorder: ProbeRecorder,
		turn: number,
	): Promise<Server | Exclude<FoundServers, { kind: 'found' }> | 'aborted'> {
		if (this.#server !== undefined && this.#flow.transport !== undefined) {
			this.#recordStart(recorder);
			return this.#server;
		}
		const { resolver, signal } = this.#deps;
		const looking = findServers(this.#target, this.#options.transport, this.#deps);
		const found = await orAborted(looking, signal);
		if (found === undefined) {
			resolver.cancel?.();
			return 'aborted';
		}
		const servers = found.kind === 'found' ? found.servers : [];
		this.#count = Math.max(1, servers.length);
		const chosen = servers[turn % this.#count];
		// The one before stays: a binding there is still to be removed.
		this.#server = chosen ?? this.#server;
		this.#recordStart(recorder);
		if (found.kind === 'not-found') {
			const { outcome, name, errno } = found;
			recorder.event({ kind: 'resolution', outcome, name, errno });
			return found;
		}
		if (chosen === undefined) throw new Error('one of the servers has its turn');
		return chosen;
	}

	borrow(listener: TransportListener, signal: AbortSignal | undefined): Promise<Opened> {
		return this.#flow.borrow(listener, signal);
	}

	/**
	 * For a REGISTER that is too large for UDP: the flow goes over TCP from now on, to the same place. Undefined where the
	 * user insists on UDP.
	 */
	get borrowLarge():
		| ((listener: TransportListener, signal: AbortSignal | undefined) => Promise<Opened>)
		| undefined {
		const server = this.#server;
		if (server?.transport !== 'udp' || this.#options.transport !== undefined) return undefined;
		return (listener, signal) =>
			this.#flow.exchange(listener, async (own) => {
				const over = { ...server, transport: 'tcp' } as const;
				const opened = await this.#openTo(over, { listener: own, localPort: undefined, signal });
				if (opened.kind === 'open') this.#server = over;
				return opened;
			});
	}

	startKeepAlive(): void {
		this.#keepAlive.start();
	}

	stopKeepAlive(): void {
		this.#keepAlive.stop();
	}

	async close(): Promise<void> {
		this.#keepAlive.stop();
		await this.#flow.close();
	}

	#recordStart(recorder: ProbeRecorder): void {
		recorder.event({ kind: 'probe', ...this.#aim() });
	}

	/** Tells the recorder that nothing more belongs to this attempt: what is open in it stays so. */
	recordEnd(recorder: ProbeRecorder): void {
		recorder.event({ kind: 'probe', ...this.#aim(), isOver: true });
	}

	#aim(): Pick<ProbeEvent, 'aor' | 'target'> {
		const { aorToSend: aor, domain: host, port, secure } = this.#target;
		const known = this.#server;
		const transport = known?.transport ?? this.#options.transport ?? defaultTransport(secure);
		const to = known?.remote.port ?? port ?? DEFAULT_PORTS[transport];
		return { aor, target: { host, port: to, transport } };
	}

	#open(
		listener: TransportListener,
		localPort: number | undefined,
		signal: AbortSignal | undefined,
	): Promise<Opened> {
		if (this.#server === undefined) throw new Error('a flow goes to a server that was found');
		const port = this.#options.localPort ?? localPort;
		return this.#openTo(this.#server, { listener, localPort: port, signal });
	}

	#openTo(
		{ transport, remote }: Server,
		how: Pick<OpenOptions, 'listener' | 'localPort' | 'signal'>,
	): Promise<Opened> {
		const { transports, timers } = this.#deps;
		const open = transports[transport];
		if (open === undefined) throw new Error(`nobody handed in a transport for ${transport}`);
		const { timeoutMs } = this.#options;
		return open({ ...how, remote, timeoutMs, timers, server: this.#target.identity });
	}

	#serve(request: SipRequest, from: Endpoint): void {
		const { identity, transport } = this;
		if (transport === undefined || identity === undefined) return;
		// Only the server that was asked is answered.
		if (from.address !== transport.remote.address || from.port !== transport.remote.port) return;
		this.mapped.reached(this.#deps.now());
		const bytes = answerRequest(request, identity.fromTag, identity.userAgent);
		if (bytes === undefined) return;
		this.#flow.send(bytes);
		this.#deps.onRequest(request.method, from);
	}

	#newKeepAlive(): KeepAlive {
		const { timers, randomBytes, now, onKeepAlive, onSilence } = this.#deps;
		return new KeepAlive({
			method: this.#options.keepAlive,
			intervalMs: () => keepAliveMs(this.#options.keepAliveMs, this.accepted),
			...{ timers, randomBytes, onSilence },
			nowMs: () => now() / 1000,
			send: (bytes) => this.#flow.send(bytes),
			isUnreliable: () => this.transport?.name === 'udp',
			optionsBytes: (branch) => this.#optionsBytes(branch),
			onAnswer: (ms) => {
				this.mapped.answered(now());
				onKeepAlive(ms);
			},
		});
	}

	#optionsBytes(branch: string): Uint8Array | undefined {
		const { identity, transport } = this;
		if (transport === undefined || identity === undefined) return undefined;
		const { name, local } = transport;
		const callId = `${branch.slice(-20)}@${local.address}`;
		return optionsRequest({ identity, branch, callId, transport: name, local });
	}
}
