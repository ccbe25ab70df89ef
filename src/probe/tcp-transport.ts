/*
 * A TCP connection to the registrar: framing by Content-Length, what the handshake said, and the peer's close.
 */
import { connect, type Socket } from 'node:net';
import type { Endpoint } from '../net/endpoint.js';
import { StreamFramer } from '../sip/stream-framer.js';
import { errnoOf, tcpFailure } from './socket-failure.js';
import type { Opened, OpenOptions, SipTransport, TransportListener } from './transport.js';
import { localAddressTo } from './udp-transport.js';

/** Connects to `remote`; sends nothing yet. Never rejects: what went wrong is the result. */
export async function openTcpTransport(options: OpenOptions): Promise<Opened> {
	const { remote, listener, signal } = options;
	if (signal?.aborted === true) return { kind: 'aborted' };
	// Asked first, because afterwards "no route from here" and "a router says no route" are one errno.
	const source = await localAddressTo(remote);
	if (typeof source !== 'string') return { kind: 'no-way', errno: source.errno };
	const socket = connect({
		host: remote.address,
		port: remote.port,
		noDelay: true,
		...(options.localPort === undefined ? {} : { localPort: options.localPort }),
	});
	// The port is only told while the socket lives; a refused connection's would be lost.
	let port = options.localPort ?? 0;
	socket.on('connectionAttempt', () => {
		process.nextTick(() => {
			port = socket.localPort ?? port;
		});
	});
	const problem = await handshake(socket, options);
	if (problem === undefined) {
		const local = { address: socket.localAddress ?? source, port: socket.localPort ?? port };
		return { kind: 'open', transport: tcpTransport(socket, local, remote, listener) };
	}
	socket.destroy();
	if (problem === 'aborted') return { kind: 'aborted' };
	const local = { address: source, port };
	if (problem === 'timed-out') {
		return {
			kind: 'failure',
			failure: { kind: 'connection', outcome: 'timed-out', errno: undefined },
			local,
		};
	}
	return { kind: 'failure', failure: tcpFailure(problem.errno), local };
}

type HandshakeProblem = 'timed-out' | 'aborted' | { readonly errno: string } | undefined;

function handshake(
	socket: Socket,
	{ timers, timeoutMs, signal }: OpenOptions,
): Promise<HandshakeProblem> {
	return new Promise((resolve) => {
		const settle = (problem: HandshakeProblem): void => {
			cancel();
			signal?.removeEventListener('abort', abort);
			resolve(problem);
		};
		const abort = (): void => settle('aborted');
		const cancel = timers.after(timeoutMs, () => settle('timed-out'));
		signal?.addEventListener('abort', abort, { once: true });
		socket.once('connect', () => settle(undefined));
		// Stays after the handshake: a destroyed socket must never throw for want of a listener.
		socket.on('error', (error) => settle({ errno: errnoOf(error) }));
	});
}

function tcpTransport(
	socket: Socket,
	local: Endpoint,
	remote: Endpoint,
	listener: TransportListener,
): SipTransport {
	const framer = new StreamFramer();
	let usable = true;
	let closing = false;
	const lost = (errno: string | undefined): void => {
		if (!usable) return;
		usable = false;
		if (closing) return;
		const failure = errno === undefined ? undefined : tcpFailure(errno);
		listener.onFailure(failure ?? { kind: 'connection', outcome: 'reset', errno: undefined });
		socket.destroy();
	};
	socket.on('data', (chunk) => {
		for (const parsed of framer.push(chunk)) {
			listener.onMessage(parsed, remote, parsed.ok ? parsed.value.bytes.length : chunk.length);
		}
	});
	socket.on('error', (error) => lost(errnoOf(error)));
	socket.on('end', () => lost(undefined));
	return {
		name: 'tcp',
		local,
		remote,
		get usable() {
			return usable;
		},
		send(bytes) {
			if (usable) socket.write(bytes);
		},
		close() {
			closing = true;
			usable = false;
			return new Promise((resolve) => {
				if (socket.closed) {
					resolve();
					return;
				}
				socket.once('close', () => resolve());
				// The peer may never close its half; nothing is left to be said by then.
				socket.destroySoon();
			});
		},
	};
}
