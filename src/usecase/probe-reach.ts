/** What a probe needs for the way to the registrar: resolver, transports, and the key log that they leave. */
import { writeNewFile } from '../capture/file-writer.js';
import { type Resolver, systemResolver } from '../probe/resolver.js';
import type { ProbeDeps } from '../probe/run-probe.js';
import { PLAIN_TLS } from '../probe/secure/tls-handshake.js';
import { tlsOpener } from '../probe/secure/tls-transport.js';
import { wsOpener } from '../probe/secure/ws-transport.js';
import { openTcpTransport } from '../probe/tcp-transport.js';
import type { ProbeTransportName } from '../probe/transport.js';
import { openUdpTransport } from '../probe/udp-transport.js';

export interface ReachOptions {
	/** `HOST[:PORT]`. */
	readonly server: string | undefined;
	/** None: as the DNS says. */
	readonly transports: readonly ProbeTransportName[];
	/** Address of a name server. */
	readonly dns: string | undefined;
	readonly allTargets: boolean;
	/** PEM texts. */
	readonly tls: {
		readonly ca: string | undefined;
		readonly cert: string | undefined;
		readonly key: string | undefined;
	};
	readonly tlsInsecure: boolean;
	/** Where the TLS keys go. */
	readonly keylogTo: string | undefined;
	readonly wsPath: string;
}

export interface Reach {
	readonly resolver: Resolver;
	readonly transports: ProbeDeps['transports'];
	/** Writes the key log where one was asked for; throws CaptureError where it cannot be written. */
	finish(): Promise<void>;
}

/** A probe makes a handful of connections, with five lines each. */
const MAX_KEYLOG_LINES = 10_000;

/** Throws ProbeError for a name server or a certificate that cannot be used. */
export function prepareReach(options: ReachOptions): Reach {
	const { keylogTo, wsPath } = options;
	const lines: Uint8Array[] = [];
	const onKeylog = (line: Uint8Array): void => {
		if (lines.length < MAX_KEYLOG_LINES) lines.push(line);
	};
	const tls = {
		...PLAIN_TLS,
		...options.tls,
		insecure: options.tlsInsecure,
		onKeylog: keylogTo === undefined ? undefined : onKeylog,
	};
	return {
		resolver: systemResolver(options.dns),
		transports: {
			udp: openUdpTransport,
			tcp: openTcpTransport,
			tls: tlsOpener(tls),
			ws: wsOpener({ path: wsPath, tls: undefined }),
			wss: wsOpener({ path: wsPath, tls }),
		},
		async finish() {
			if (keylogTo !== undefined) await writeNewFile(keylogTo, lines);
		},
	};
}
