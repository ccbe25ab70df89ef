import { streamTransport } from '../stream-transport.js';
import { connectTcp } from '../tcp-connect.js';
import type { OpenTransport } from '../transport.js';
import { checkTlsSettings, shakeHands, type TlsSettings } from './tls-handshake.js';

/** SIP over TLS. Throws `ProbeError` at once for certificates that cannot be used; the opener, for a local port. */
export function tlsOpener(settings: TlsSettings): OpenTransport {
	checkTlsSettings(settings);
	return async (options) => {
		const connected = await connectTcp(options);
		if (connected.kind !== 'connected') return connected;
		const { local } = connected;
		const shaken = await shakeHands(connected.socket, settings, options);
		if (shaken.kind === 'aborted') return shaken;
		if (shaken.kind === 'down') return { kind: 'failure', failure: shaken.failure, local };
		const { remote, listener } = options;
		const { socket, up, failureOf } = shaken;
		const stream = { name: 'tls', local, remote, listener, failureOf, tls: up } as const;
		return { kind: 'open', transport: streamTransport(socket, stream) };
	};
}
