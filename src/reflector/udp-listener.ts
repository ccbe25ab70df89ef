import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Endpoint } from '../net/endpoint.js';
import { parseDatagram } from '../sip/parse-message.js';
import type { Listener } from './listener.js';
import type { Reflector } from './reflector.js';

/** Listens on a UDP port; rejects with the system's error where it cannot. */
export async function listenUdp(local: Endpoint, reflector: Reflector): Promise<Listener> {
	const family = isIPv6(local.address) ? 'udp6' : 'udp4';
	// Each family has its own socket, so that nobody's IPv4 address is told as an IPv6 one.
	const socket = createSocket({ type: family, ipv6Only: family === 'udp6' });
	await new Promise<void>((resolve, reject) => {
		socket.once('error', (error) => {
			socket.close();
			reject(error);
		});
		socket.bind({ ...local, exclusive: true }, resolve);
	});
	socket.removeAllListeners('error');
	// ICMP about a client that went away is no reason to stop.
	socket.on('error', () => undefined);
	socket.on('message', (payload, { address, port }) => {
		const source = { address, port };
		if (isKeepAlive(payload) || !reflector.mayCome(source)) return;
		reflector.receive({
			...{ received: payload, message: parseDatagram(payload), source, transport: 'udp' },
			send: (bytes, to) => {
				// Port 0 cannot be sent to, and send would throw.
				if (to.port > 0) socket.send(bytes, to.port, to.address, () => undefined);
			},
		});
	});
	return {
		transport: 'udp',
		local: { address: local.address, port: socket.address().port },
		close: () => new Promise((resolve) => socket.close(() => resolve())),
	};
}

/** RFC 5626 §3.5.1: over UDP they only keep a mapping alive, and want no answer. */
function isKeepAlive(payload: Uint8Array): boolean {
	return payload.every((byte) => byte === 0x0d || byte === 0x0a || byte === 0);
}
