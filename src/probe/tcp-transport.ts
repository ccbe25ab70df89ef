import { errnoOf, tcpFailure } from './socket-failure.js';
import { streamTransport } from './stream-transport.js';
import { connectTcp } from './tcp-connect.js';
import type { Opened, OpenOptions, TransportFailure } from './transport.js';

/** SIP over TCP. Connects to `remote`; sends nothing yet. Throws `ProbeError` where the wanted local port cannot be had. */
export async function openTcpTransport(options: OpenOptions): Promise<Opened> {
	const connected = await connectTcp(options);
	if (connected.kind !== 'connected') return connected;
	const { socket, local } = connected;
	const { remote, listener } = options;
	const transport = streamTransport(socket, {
		...{ name: 'tcp', local, remote, listener, failureOf: tcpLoss },
		tls: undefined,
	});
	return { kind: 'open', transport };
}

/** What the loss of a TCP connection was; without an error the peer closed in good order. */
export function tcpLoss(error: Error | undefined): TransportFailure {
	return error === undefined
		? { kind: 'connection', outcome: 'reset', errno: undefined }
		: tcpFailure(errnoOf(error));
}
