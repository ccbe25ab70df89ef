/* A connection that may be the phone's own, and is encrypted: it is named, as nothing else tells of it. */
import { type Endpoint, formatEndpoint } from '../net/endpoint.js';
import type { PacketOrigin } from './packet-origin.js';
import { isSipPort } from './sip-ports.js';
import type { TcpContext } from './tcp-context.js';

/** What an oddity calls it. */
export const ENCRYPTED = 'tls-encrypted';

interface EncryptedConnection {
	readonly client: Endpoint;
	readonly server: Endpoint;
	/** Where the handshake was seen. */
	readonly version?: string | undefined;
	readonly serverName?: string | undefined;
	/** What shows that it is TLS. */
	readonly origin: PacketOrigin;
}

/** Counts a connection of TLS that carries data at a port of SIP. The web's are nobody's phone. */
export function tellEncrypted(context: TcpContext, connection: EncryptedConnection): void {
	const { client, server, version, serverName, origin } = connection;
	if (!isSipPort(server.port) && !isSipPort(client.port)) return;
	const known = [version ?? 'TLS', ...(serverName === undefined ? [] : [`for ${serverName}`])];
	const ends = `between ${formatEndpoint(client)} and ${formatEndpoint(server)}`;
	const text = `${known.join(' ')} ${ends} carries data: SIP within it cannot be read`;
	context.oddity(ENCRYPTED, origin.frame, text);
}
