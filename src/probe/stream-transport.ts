/* SIP over a byte stream that is up, TCP or TLS: framing by Content-Length, and the peer's close. */
import type { Duplex } from 'node:stream';
import { type Endpoint, wireEndpoint } from '../net/endpoint.js';
import { StreamFramer } from '../sip/stream-framer.js';
import { isKeepAlive } from './keep-alive.js';
import type {
	ProbeTransportName,
	SipTransport,
	TlsUp,
	TransportFailure,
	TransportListener,
} from './transport.js';

export interface StreamOptions {
	readonly name: ProbeTransportName;
	readonly local: Endpoint;
	/** As it was connected to. */
	readonly remote: Endpoint;
	readonly listener: TransportListener;
	/** What its loss means; undefined: the peer closed in good order. */
	readonly failureOf: (error: Error | undefined) => TransportFailure;
	readonly tls: TlsUp | undefined;
}

/** A transport over a `net.Socket` or `tls.TLSSocket` that is connected. */
export function streamTransport(socket: Duplex, options: StreamOptions): SipTransport {
	const { name, local, listener, failureOf, tls } = options;
	const remote = wireEndpoint(options.remote);
	const framer = new StreamFramer();
	let usable = true;
	let closing = false;
	const lost = (error: Error | undefined): void => {
		if (!usable) return;
		usable = false;
		if (closing) return;
		listener.onFailure(failureOf(error));
		socket.destroy();
	};
	socket.on('data', (chunk: Uint8Array) => {
		// RFC 5626 §4.4.1: the pong is CRLF between messages, which the framing leaves out.
		if (isKeepAlive(chunk)) listener.onOther?.(chunk, remote);
		for (const parsed of framer.push(chunk)) {
			listener.onMessage(parsed, remote, parsed.ok ? parsed.value.bytes.length : chunk.length);
		}
	});
	socket.on('error', lost);
	socket.on('end', () => lost(undefined));
	// Some losses end in a close alone.
	socket.on('close', () => lost(undefined));
	return {
		name,
		local,
		remote,
		tls,
		get usable() {
			return usable;
		},
		send(bytes) {
			if (usable) socket.write(bytes);
		},
		close() {
			closing = true;
			usable = false;
			return closeStream(socket);
		},
	};
}

/** Says what is left to be said and waits until the port is free; the peer may never close its half. */
function closeStream(socket: Duplex): Promise<void> {
	return new Promise((resolve) => {
		if (socket.closed) {
			resolve();
			return;
		}
		socket.once('close', () => resolve());
		if (socket.writableFinished) socket.destroy();
		else socket.end(() => socket.destroy());
	});
}
