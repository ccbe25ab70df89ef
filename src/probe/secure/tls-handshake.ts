/*
 * TLS over a TCP connection that is up (RFC 8446): verified against the SIP domain (RFC 5922), and if it fails, why, as
 * far as either side said so. Node verifies after the handshake and never sends an alert of its own about a certificate.
 */
import type { Socket } from 'node:net';
import { type ConnectionOptions, connect, createSecureContext, type TLSSocket } from 'node:tls';
import { type CertificateFacts, certificateFacts } from '../../layers/tls-certificate.js';
import { isIpAddress } from '../../net/address.js';
import { ProbeError } from '../probe-error.js';
import { errnoOf } from '../socket-failure.js';
import type {
	OpenOptions,
	ServerIdentity,
	TlsFacts,
	TlsUp,
	TransportFailure,
} from '../transport.js';
import { handshakeFailure } from './handshake-failure.js';
import { HandshakeWatch } from './handshake-watch.js';
import { type Verified, verifyCertificate } from './verify-certificate.js';
import { watchedStream } from './watched-stream.js';

/** PEM texts; none of them is ever printed. */
export interface TlsSettings {
	/** Authorities to trust in place of node's own. */
	readonly ca: string | undefined;
	/** The client's certificate and its key. */
	readonly cert: string | undefined;
	readonly key: string | undefined;
	/** Goes on where the certificate does not verify. */
	readonly insecure: boolean;
	/** Lines of the NSS key log, which decrypts a capture of the connection. */
	readonly onKeylog: ((line: Uint8Array) => void) | undefined;
}

export const PLAIN_TLS: TlsSettings = {
	ca: undefined,
	cert: undefined,
	key: undefined,
	insecure: false,
	onKeylog: undefined,
};

export type Shaken =
	| {
			readonly kind: 'up';
			readonly socket: TLSSocket;
			readonly up: TlsUp;
			/** What a loss of the connection means; TLS 1.3 refuses a client only after the handshake. */
			readonly failureOf: (error: Error | undefined) => TransportFailure;
	  }
	| { readonly kind: 'down'; readonly failure: TransportFailure }
	| { readonly kind: 'aborted' };

/** Throws `ProbeError` where a file holds no certificate or key that can be used. */
export function checkTlsSettings({ ca, cert, key }: TlsSettings): void {
	// Node takes a file without any certificate for one that trusts nobody.
	if (ca !== undefined && !ca.includes('-----BEGIN CERTIFICATE-----')) {
		throw new ProbeError('usage', '--ca: no certificate is in it', 'A PEM file is expected.');
	}
	for (const [flag, part] of [
		['--ca', { ca }],
		['--cert and --key', { cert, key }],
	] as const) {
		try {
			createSecureContext(given(part));
		} catch (error) {
			// The code alone: a message might quote the file.
			const text = `${flag}: no certificate or key that can be used (${errnoOf(error)})`;
			throw new ProbeError('usage', text, 'PEM files are expected, the key without a passphrase.');
		}
	}
}

/** Shakes hands on the socket; on failure the socket is destroyed. Never rejects. */
export async function shakeHands(
	raw: Socket,
	settings: TlsSettings,
	{ server, remote, timers, timeoutMs, signal }: OpenOptions,
): Promise<Shaken> {
	const identity = server ?? { name: remote.address, accepted: [remote.address] };
	const watch = new HandshakeWatch();
	const stream = watchedStream(raw, (chunk) => watch.push(chunk));
	const socket = connect(connectOptions(stream, settings, identity));
	if (settings.onKeylog !== undefined) socket.on('keylog', settings.onKeylog);
	const serverName = isIpAddress(identity.name) ? undefined : identity.name;
	const end = await new Promise<'secured' | 'aborted' | 'timed-out' | { error: Error | undefined }>(
		(resolve) => {
			const settle: typeof resolve = (outcome) => {
				cancel();
				signal?.removeEventListener('abort', abort);
				resolve(outcome);
			};
			const abort = (): void => settle('aborted');
			const cancel = timers.after(timeoutMs, () => settle('timed-out'));
			signal?.addEventListener('abort', abort, { once: true });
			socket.once('secureConnect', () => settle('secured'));
			socket.on('error', (error: Error) => settle({ error }));
			socket.once('close', () => settle({ error: undefined }));
		},
	);
	if (end === 'secured') return verified(socket, settings, identity, { watch, serverName });
	socket.destroy();
	stream.destroy();
	if (end === 'aborted') return { kind: 'aborted' };
	const error = end === 'timed-out' ? 'timed-out' : end.error;
	return { kind: 'down', failure: handshakeFailure({ error, watch, serverName, shown: [] }) };
}

function connectOptions(
	stream: NonNullable<ConnectionOptions['socket']> | ReturnType<typeof watchedStream>,
	{ ca, cert, key }: TlsSettings,
	{ name }: ServerIdentity,
): ConnectionOptions {
	return {
		socket: stream,
		...given({ ca, cert, key }),
		// RFC 6066 §3: a name only, never an address.
		...(isIpAddress(name) ? {} : { servername: name }),
		// Verified below, against what RFC 5922 asks for, so that the report can say what was wrong.
		rejectUnauthorized: false,
		checkServerIdentity: () => undefined,
	};
}

function given<T extends object>(options: T): { [K in keyof T]?: NonNullable<T[K]> } {
	// Only absent values go: node takes `ca: undefined` for no authority at all in some versions.
	return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
		[K in keyof T]?: NonNullable<T[K]>;
	};
}

interface Known {
	readonly watch: HandshakeWatch;
	readonly serverName: string | undefined;
}

function verified(
	socket: TLSSocket,
	{ insecure }: TlsSettings,
	identity: ServerIdentity,
	{ watch, serverName }: Known,
): Shaken {
	const leaf = socket.getPeerX509Certificate();
	const shown = chainOf(leaf);
	const result: Verified = verifyCertificate(
		{
			// Typed as an Error, and a code all the same.
			chainError: socket.authorized ? undefined : chainErrorOf(socket.authorizationError),
			names: shown[0]?.names ?? [],
			hasName: (name) => leaf?.checkHost(name, { wildcards: false }) !== undefined,
			hasAddress: (address) => leaf?.checkIP(address) !== undefined,
		},
		identity.accepted,
	);
	const facts: TlsFacts = {
		reached: 'application-data',
		serverName,
		offeredVersion: 'TLS 1.3',
		chosenVersion: versionOf(socket) ?? watch.chosenVersion,
		certificates: shown,
		certificateRequested: watch.certificateRequested,
		alert: undefined,
		closedBy: undefined,
		foreignAnswer: undefined,
	};
	if (result.kind === 'refused' && !insecure) {
		socket.destroy();
		const { why } = result;
		const refused = { reached: 'certificate', closedBy: 'client', verification: why } as const;
		const words = `the certificate of ${identity.name} is refused: ${why.text}`;
		return { kind: 'down', failure: { kind: 'tls', facts: { ...facts, ...refused }, why: words } };
	}
	const up: TlsUp = {
		facts,
		cipher: socket.getCipher().standardName,
		verifiedName: result.kind === 'verified' ? result.name : undefined,
		problem: result.kind === 'refused' ? result.why.text : undefined,
	};
	const failureOf = (error: Error | undefined): TransportFailure =>
		handshakeFailure({ error, watch, serverName, shown, up: facts });
	return { kind: 'up', socket, up, failureOf };
}

function chainErrorOf(error: unknown): string {
	return typeof error === 'string' ? error : errnoOf(error);
}

/** `TLS 1.3` for `TLSv1.3`. */
function versionOf(socket: TLSSocket): string | undefined {
	return socket.getProtocol()?.replace('TLSv', 'TLS ');
}

/** The trace keeps so many, and a comment of the saved file has room for them. */
const MAX_CHAIN = 4;
const MAX_NAMES = 8;

type Shown = ReturnType<TLSSocket['getPeerX509Certificate']>;

function chainOf(leaf: Shown): readonly CertificateFacts[] {
	const chain: CertificateFacts[] = [];
	for (let one = leaf; one !== undefined && chain.length < MAX_CHAIN; one = one.issuerCertificate) {
		const facts = certificateFacts(one.raw);
		if (facts === undefined) break;
		chain.push({ ...facts, names: facts.names.slice(0, MAX_NAMES) });
	}
	return chain;
}
