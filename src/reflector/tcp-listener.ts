import { createServer, isIPv6, type Server, type Socket } from 'node:net';
import type { Endpoint } from '../net/endpoint.js';
import { MAX_DELAY_S } from '../sip/reflector-echo.js';
import { StreamFramer } from '../sip/stream-framer.js';
import type { Listener } from './listener.js';
import type { Reflector } from './reflector.js';
import { networkOf } from './token-buckets.js';

/** Of one port, and of one source. */
const MAX_CONNECTIONS = 256;
const MAX_CONNECTIONS_EACH = 32;
/** A connection waits for its delayed answers and a little longer; one that never sent a request does not. */
const IDLE_MS = (MAX_DELAY_S + 60) * 1000;
const FIRST_REQUEST_MS = 30_000;
/** Of a message that is not complete yet, and of answers that nobody takes. */
const MAX_PENDING = 65_536;
const MAX_UNSENT = 262_144;

/** Listens on a TCP port; rejects with the system's error where it cannot. */
export async function listenTcp(local: Endpoint, reflector: Reflector): Promise<Listener> {
	const open = new Map<Socket, string>();
	const server = createServer((socket) => accept(socket, open, reflector));
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		const family = { ipv6Only: isIPv6(local.address) };
		server.listen({ host: local.address, port: local.port, exclusive: true, ...family }, resolve);
	});
	server.removeAllListeners('error');
	// Too many open files: the next one may get in again.
	server.on('error', () => undefined);
	return {
		transport: 'tcp',
		local: { address: local.address, port: portOf(server) ?? local.port },
		close: () => {
			for (const socket of open.keys()) socket.destroy();
			return new Promise((resolve) => server.close(() => resolve()));
		},
	};
}

function portOf(server: Server): number | undefined {
	const address = server.address();
	return typeof address === 'object' ? address?.port : undefined;
}

function accept(socket: Socket, open: Map<Socket, string>, reflector: Reflector): void {
	socket.on('error', () => undefined);
	const source = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
	const network = networkOf(source.address);
	const own = [...open.values()].filter((other) => other === network).length;
	if (open.size >= MAX_CONNECTIONS || own >= MAX_CONNECTIONS_EACH || source.port === 0) {
		reflector.tally.refused.connections += 1;
		socket.destroy();
		return;
	}
	open.set(socket, network);
	socket.on('close', () => open.delete(socket));
	const drop = (): void => {
		reflector.tally.refused.closed += 1;
		socket.destroy();
	};
	socket.setTimeout(FIRST_REQUEST_MS, drop);
	read(socket, source, reflector, drop);
}

function read(socket: Socket, source: Endpoint, reflector: Reflector, drop: () => void): void {
	const framer = new StreamFramer();
	const send = (bytes: Uint8Array): void => {
		if (socket.writableLength > MAX_UNSENT) drop();
		else if (socket.writable) socket.write(bytes);
	};
	socket.on('data', (chunk) => {
		// RFC 5626 §3.5.1: a ping is answered with a single CRLF.
		if (framer.pendingBytes === 0 && chunk.equals(PING)) send(PONG);
		for (const message of framer.push(chunk)) {
			if (!reflector.mayCome(source)) return drop();
			if (message.ok) socket.setTimeout(IDLE_MS);
			const received = message.ok ? message.value.bytes : new Uint8Array();
			reflector.receive({ received, message, source, transport: 'tcp', send });
		}
		if (framer.pendingBytes > MAX_PENDING) drop();
	});
}

const PING = Buffer.from('\r\n\r\n');
const PONG = Buffer.from('\r\n');
