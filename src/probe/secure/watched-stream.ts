import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/**
 * A socket whose incoming bytes somebody else sees as well: node's TLS reads from the socket's handle, past everybody, and
 * tells of a peer that speaks no TLS only that it does not. Destroying it destroys the socket; the socket's errors are its own.
 */
export function watchedStream(socket: Socket, watch: (chunk: Uint8Array) => void): Duplex {
	const stream = new Duplex({
		read() {
			socket.resume();
		},
		write(chunk: Uint8Array, _encoding, done) {
			socket.write(chunk, done);
		},
		final(done) {
			socket.end(done);
		},
		destroy(error, done) {
			socket.destroy();
			done(error);
		},
	});
	socket.on('data', (chunk: Uint8Array) => {
		watch(chunk);
		if (!stream.push(chunk)) socket.pause();
	});
	socket.on('end', () => stream.push(null));
	socket.on('error', (error) => stream.destroy(error));
	socket.on('close', () => stream.destroy());
	return stream;
}
