/* oxlint-disable typescript/no-unsafe-assignment, typescript/no-unnecessary-condition -- plain JavaScript: Node 20 runs no TypeScript, and a build would tie the phone to src/ */
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';

/*
 * The phone's sockets. A wire sends text, gives every SIP message that arrives to `onMessage`, and
 * says through `onError` that the network refused.
 */

/** One UDP socket; with `listenPort` a second one, for a phone that listens there and hears nothing where it sends. */
export async function openUdp(place, on) {
	const { address, port, listenPort, server, serverPort, connected, heedsSource } = place;
	const sockets = [];
	let asked;
	const bind = (local, isDeaf = false) =>
		new Promise((resolve, reject) => {
			const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
			sockets.push(socket);
			socket.once('error', reject);
			socket.bind(local, address, () => {
				socket.removeListener('error', reject);
				socket.on('error', (error) => on.error(error.code ?? error.message));
				socket.on('message', (bytes, from) => {
					if (isDeaf || (heedsSource && from.address !== server)) return;
					// A first byte below 4 is STUN (RFC 7983 §7).
					if (bytes[0] < 4) {
						asked?.(bytes);
						return;
					}
					const answer = (text) =>
						socket.send(text, ...(connected ? [] : [from.port, from.address]));
					on.message(bytes.toString('latin1'), answer);
				});
				resolve(socket);
			});
		});
	const sender = await bind(port, listenPort !== undefined);
	if (listenPort !== undefined) await bind(listenPort);
	if (connected) await new Promise((resolve) => sender.connect(serverPort, server, resolve));
	return {
		localPort: port,
		reliable: false,
		send: (text, otherServer) => {
			const done = (error) => error && on.error(error.code ?? error.message);
			if (connected) sender.send(text, done);
			else sender.send(text, serverPort, otherServer ?? server, done);
		},
		/** Sends what is no SIP, and gives what comes back. */
		ask: (bytes, askedPort, askedServer) =>
			new Promise((resolve) => {
				asked = resolve;
				sender.send(bytes, askedPort, askedServer);
			}),
		close: () => {
			for (const socket of sockets) socket.close();
		},
	};
}

/** Takes the pieces of a stream and gives `on` the messages in it. */
export function messageReader(on, wire) {
	let pending = '';
	return (text) => {
		pending = (pending + text).slice(-65536);
		for (;;) {
			const head = pending.indexOf('\r\n\r\n');
			if (head < 0) return;
			const length = Number(/^content-length\s*:\s*(\d+)/im.exec(pending)?.[1] ?? 0);
			if (pending.length < head + 4 + length) return;
			const message = pending.slice(0, head + 4 + length);
			pending = pending.slice(head + 4 + length);
			on.message(message, (answer) => wire.send(answer));
		}
	};
}

/** One TCP connection; messages are cut at their Content-Length (RFC 3261 §18.3). */
export function openTcp({ address, server, serverPort }, on) {
	return new Promise((resolve) => {
		const socket = connect({ host: server, port: serverPort, localAddress: address });
		const wire = {
			localPort: undefined,
			reliable: true,
			send: (text) => socket.write(text, 'latin1'),
			close: () => socket.destroy(),
		};
		socket.setEncoding('latin1');
		socket.on('data', messageReader(on, wire));
		socket.on('close', () => on.error('closed'));
		// As long as a transaction may last (Timer F); the kernel would go on for two minutes.
		socket.setTimeout(32_000, () =>
			socket.destroy(Object.assign(new Error(), { code: 'ETIMEDOUT' })),
		);
		socket.on('error', (error) => {
			on.error(error.code ?? error.message);
			resolve(wire);
		});
		socket.on('connect', () => {
			socket.setTimeout(0);
			resolve({ ...wire, localPort: socket.localPort });
		});
	});
}
