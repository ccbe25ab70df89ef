/*
 * One local UDP port, two sockets (Linux and macOS allow it with SO_REUSEADDR): a connected one, because only that is
 * told of ICMP errors, and an unconnected one, because the connected one does not see an answer that comes from
 * another address or port than the request went to. The kernel gives each datagram to the closest match.
 */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { withoutZone } from '../net/address.js';
import { type Endpoint, wireEndpoint } from '../net/endpoint.js';
import { parseDatagram } from '../sip/parse-message.js';
import { isKeepAlive } from './keep-alive.js';
import { cannotBind } from './no-network.js';
import { errnoOf, udpFailure } from './socket-failure.js';
import type { Opened, OpenOptions, SipTransport, TransportListener } from './transport.js';

/** Opens a UDP port towards `remote`; sends nothing. Throws `ProbeError` where the wanted port cannot be had. */
export async function openUdpTransport(options: OpenOptions): Promise<Opened> {
	const { remote, listener } = options;
	const port = options.localPort ?? (await freePort(remote.address));
	const connected = newSocket(remote.address);
	await bind(connected, port, undefined);
	const refused = await connect(connected, remote);
	if (refused !== undefined) {
		await closeSocket(connected);
		return { kind: 'no-way', errno: refused };
	}
	const bound: Endpoint = { address: connected.address().address, port };
	const elsewhere = await openElsewhere(bound);
	const ends = { local: wireEndpoint(bound), remote: wireEndpoint(remote) };
	return { kind: 'open', transport: udpTransport(connected, elsewhere, ends, listener) };
}

/** The address this machine would send from to reach `remote`, or the errno; a connect of UDP sends nothing. */
export async function localAddressTo(
	remote: Endpoint,
): Promise<string | { readonly errno: string }> {
	const socket = newSocket(remote.address);
	await bind(socket, 0, undefined);
	const refused = await connect(socket, remote);
	const address =
		refused === undefined ? withoutZone(socket.address().address) : { errno: refused };
	await closeSocket(socket);
	return address;
}

function udpTransport(
	connected: Socket,
	elsewhere: Socket | undefined,
	{ local, remote }: Pick<SipTransport, 'local' | 'remote'>,
	listener: TransportListener,
): SipTransport {
	let open = true;
	const receive = (payload: Uint8Array, info: RemoteInfo): void => {
		if (!open || isKeepAlive(payload)) return;
		const from = wireEndpoint(info);
		const parsed = parseDatagram(payload);
		if (!parsed.ok) listener.onOther?.(payload, from);
		listener.onMessage(parsed, from, payload.length);
	};
	const fail = (error: Error): void => {
		if (open) listener.onFailure(udpFailure(errnoOf(error)));
	};
	connected.on('message', receive);
	connected.on('error', fail);
	elsewhere?.on('message', receive);
	// An unconnected socket is told nothing of ICMP: an error of it is no news about the registrar.
	elsewhere?.on('error', () => undefined);
	return {
		name: 'udp',
		local,
		remote,
		get usable() {
			return open;
		},
		send(bytes) {
			connected.send(bytes, (error) => {
				if (error !== null) fail(error);
			});
		},
		async close() {
			if (!open) return;
			open = false;
			await Promise.all([closeSocket(connected), elsewhere && closeSocket(elsewhere)]);
		},
	};
}

function newSocket(address: string): Socket {
	return createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4', reuseAddr: true });
}

/**
 * A port nobody else has. SO_REUSEADDR would let the kernel hand the same free port to two probes at once, so it is
 * found by a socket without it first.
 */
async function freePort(address: string): Promise<number> {
	const socket = createSocket({ type: isIPv6(address) ? 'udp6' : 'udp4' });
	await bind(socket, 0, undefined);
	const { port } = socket.address();
	await closeSocket(socket);
	return port;
}

/** Undefined where the second socket cannot be had: the probe then merely does not see answers from elsewhere. */
async function openElsewhere(local: Endpoint): Promise<Socket | undefined> {
	const socket = newSocket(local.address);
	try {
		await bind(socket, local.port, local.address);
		return socket;
	} catch {
		await closeSocket(socket);
		return undefined;
	}
}

function bind(socket: Socket, port: number, address: string | undefined): Promise<void> {
	return new Promise((resolve, reject) => {
		const fail = (error: Error): void => {
			socket.close();
			reject(cannotBind('UDP', port, errnoOf(error)));
		};
		socket.once('error', fail);
		socket.bind({ port, exclusive: true, ...(address === undefined ? {} : { address }) }, () => {
			socket.off('error', fail);
			resolve();
		});
	});
}

function connect(socket: Socket, remote: Endpoint): Promise<string | undefined> {
	return new Promise((resolve) => {
		// Where connect fails, node calls back with the error and emits nothing; both are taken to be sure.
		const fail = (error: Error): void => resolve(errnoOf(error));
		socket.once('error', fail);
		socket.connect(remote.port, remote.address, (error?: Error | null) => {
			socket.off('error', fail);
			resolve(error ? errnoOf(error) : undefined);
		});
	});
}

function closeSocket(socket: Socket): Promise<void> {
	return new Promise((resolve) => {
		socket.removeAllListeners('error');
		socket.on('error', () => undefined);
		try {
			socket.close(() => resolve());
		} catch {
			// Already closed by a failed bind.
			resolve();
		}
	});
}
