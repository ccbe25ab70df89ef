import type { Endpoint } from '../../net/endpoint.js';
import { formatIpv4 } from '../../net/ipv4-address.js';
import { formatIpv6 } from '../../net/ipv6-address.js';
import {
	parseStun,
	STUN_TRANSACTION_ID_BYTES,
	type StunAddress,
	stunBindingRequest,
} from '../../net/stun.js';
import type { DatagramSocket, OpenDatagrams } from '../datagram-socket.js';
import { pause } from '../pause.js';
import type { ProbeRecorder } from '../recorder.js';
import type { Timers } from '../timers.js';

/** RFC 8489 §6.2.1: RTO, doubled each time; fewer sends than the seven there, as somebody is waiting. */
const RTO_MS = 500;
const SENDS = 4;

export interface StunDeps {
	readonly openDatagrams: OpenDatagrams;
	readonly randomBytes: (length: number) => Uint8Array;
	readonly timers: Timers;
	readonly signal: AbortSignal | undefined;
	/** Keeps what was sent and received for the saved file. */
	readonly recorder?: Pick<ProbeRecorder, 'aside'> | undefined;
}

export interface StunAnswer {
	readonly server: Endpoint;
	/** What the server saw. */
	readonly mapped: Endpoint;
	/** Its other address and port, where it has some (RFC 5780). */
	readonly other: Endpoint | undefined;
}

export interface StunClient {
	readonly local: Endpoint;
	/** Undefined where no answer with an address came in some 7 s. */
	ask(server: Endpoint): Promise<StunAnswer | undefined>;
	/** The same, with the answer to go to another port of this address (RFC 5780 §7.5), where `listener` hears it. */
	askFor(
		listener: StunClient,
		server: Endpoint,
		responsePort: number,
	): Promise<StunAnswer | undefined>;
	/** Calls back with the answer that bears this transaction id, in hex; the returned function ends that. */
	hear(id: string, onAnswer: (answer: StunAnswer | undefined) => void): () => void;
	close(): Promise<void>;
}

/** Asks from one local port; the errno where it cannot be had. */
export async function openStunClient(
	local: Endpoint,
	deps: StunDeps,
): Promise<StunClient | { readonly errno: string }> {
	// Port 0 is told by the socket, and no answer comes before anything was asked.
	const own = { local };
	const waiting = new Map<string, (answer: StunAnswer | undefined) => void>();
	const socket = await deps.openDatagrams({
		...local,
		onDatagram: (bytes, from) => {
			keep(deps, bytes, from, own.local);
			const answer = parseStun(bytes);
			if (answer === undefined || answer.message === 'request') return;
			// The id is random, so an answer that bears it is by whoever got the request.
			const settle = waiting.get(hex(answer.transactionId));
			if (answer.message === 'error' || answer.mapped === undefined) settle?.(undefined);
			else {
				const other = answer.other && endpointOf(answer.other);
				settle?.({ server: from, mapped: endpointOf(answer.mapped), other });
			}
		},
	});
	if ('errno' in socket) return socket;
	own.local = socket.local;
	const client: StunClient = {
		local: socket.local,
		ask: (server) => exchange(socket, client, { server, responsePort: undefined }, deps),
		askFor: (listener, server, responsePort) =>
			exchange(socket, listener, { server, responsePort }, deps),
		hear(id, onAnswer) {
			waiting.set(id, onAnswer);
			return () => waiting.delete(id);
		},
		close: () => socket.close(),
	};
	return client;
}

interface Question {
	readonly server: Endpoint;
	readonly responsePort: number | undefined;
}

async function exchange(
	socket: DatagramSocket,
	listener: StunClient,
	{ server, responsePort }: Question,
	deps: StunDeps,
): Promise<StunAnswer | undefined> {
	const { randomBytes, timers, signal } = deps;
	const id = randomBytes(STUN_TRANSACTION_ID_BYTES);
	const over = new AbortController();
	const stop = (): void => over.abort();
	signal?.addEventListener('abort', stop, { once: true });
	if (signal?.aborted === true) stop();
	let answer: StunAnswer | undefined;
	const deafen = listener.hear(hex(id), (told) => {
		answer = told;
		stop();
	});
	for (let sends = 0; sends < SENDS && !over.signal.aborted; sends += 1) {
		const request = stunBindingRequest(id, responsePort);
		keep(deps, request, socket.local, server);
		socket.send(request, server);
		await pause(RTO_MS * 2 ** sends, timers, over.signal);
	}
	deafen();
	signal?.removeEventListener('abort', stop);
	return answer;
}

function keep({ recorder }: StunDeps, payload: Uint8Array, src: Endpoint, dst: Endpoint): void {
	recorder?.aside({ dissector: 'stun', transport: 'udp', src, dst, payload });
}

function endpointOf({ address, port }: StunAddress): Endpoint {
	return { address: address.length === 4 ? formatIpv4(address) : formatIpv6(address), port };
}

function hex(bytes: Uint8Array): string {
	return Buffer.from(bytes).toString('hex');
}
