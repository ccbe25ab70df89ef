/* A TCP connection to the registrar, up to the end of its handshake; what comes after is the transports' affair. */
import { connect, type Socket } from 'node:net';
import { withoutZone } from '../net/address.js';
import type { Endpoint } from '../net/endpoint.js';
import { cannotBind } from './no-network.js';
import { errnoOf, tcpFailure } from './socket-failure.js';
import type { Opened, OpenOptions } from './transport.js';
import { localAddressTo } from './udp-transport.js';

export type Connected =
	| { readonly kind: 'connected'; readonly socket: Socket; readonly local: Endpoint }
	| Exclude<Opened, { readonly kind: 'open' }>;

/**
 * Connects to `remote`; sends nothing yet. What went wrong is the result; throws `ProbeError` only where the wanted local
 * port cannot be had.
 */
export async function connectTcp(options: OpenOptions): Promise<Connected> {
	const { remote, signal } = options;
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
		const address = withoutZone(socket.localAddress ?? source);
		const local = { address, port: socket.localPort ?? port };
		return { kind: 'connected', socket, local };
	}
	socket.destroy();
	if (problem === 'aborted') return { kind: 'aborted' };
	const wanted = options.localPort;
	if (wanted !== undefined && problem !== 'timed-out') {
		const { errno, atBind } = problem;
		// The kernel tells of a port in use only at the connect; EACCES there may be a filter as well.
		if (atBind || errno === 'EADDRINUSE') throw cannotBind('TCP', wanted, errno);
		// The connection before, from this port to that server, is not yet forgotten.
		if (errno === 'EADDRNOTAVAIL') return { kind: 'no-way', errno };
	}
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

interface SocketProblem {
	readonly errno: string;
	/** It happened before anything was sent. */
	readonly atBind: boolean;
}

type HandshakeProblem = 'timed-out' | 'aborted' | SocketProblem | undefined;

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
		socket.on('error', (error) => {
			const atBind = 'syscall' in error && error.syscall === 'bind';
			settle({ errno: errnoOf(error), atBind });
		});
	});
}
