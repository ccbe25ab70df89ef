/*
 * What the probe asks of a socket. One interface for all transports, so that the dialogue above knows no sockets, and a
 * test can hand in a transport of its own.
 */
import type { Parsed } from '../bytes/malformed.js';
import type { Endpoint } from '../net/endpoint.js';
import type { Transport } from '../net/transport.js';
import type { SipMessage } from '../sip/message.js';
import type { TlsEvent, WebSocketEvent } from '../trace/observed.js';
import type { Timers } from './timers.js';

/** The transports a probe can use, in the order in which they are offered to the user. */
export const PROBE_TRANSPORTS = [
	'udp',
	'tcp',
	'tls',
	'ws',
	'wss',
] as const satisfies readonly Transport[];
export type ProbeTransportName = (typeof PROBE_TRANSPORTS)[number];

type Place = 'kind' | 'at' | 'source' | 'frame' | 'src' | 'dst';
/** What TLS showed and what came of it, as the trace tells it. */
export type TlsFacts = Omit<TlsEvent, Place>;
/** What the HTTP upgrade came to, as the trace tells it. */
export type WebSocketFacts = Omit<WebSocketEvent, Place>;

/** What a socket said instead of an answer. */
export type TransportFailure =
	| {
			readonly kind: 'unreachable';
			/** `fragmentation-needed`: a datagram was lost, and the kernel cuts the next one to what the path takes. */
			readonly reason:
				| 'port'
				| 'host'
				| 'network'
				| 'admin-prohibited'
				| 'fragmentation-needed'
				| 'other';
			readonly errno: string;
	  }
	| {
			readonly kind: 'connection';
			readonly outcome: 'refused' | 'timed-out' | 'reset';
			/** Absent where the peer closed in good order. */
			readonly errno: string | undefined;
	  }
	/** `why`: in words, for the checklist. */
	| { readonly kind: 'tls'; readonly facts: TlsFacts; readonly why: string }
	| { readonly kind: 'websocket'; readonly facts: WebSocketFacts; readonly why: string };

/** A TLS connection that is up. */
export interface TlsUp {
	readonly facts: TlsFacts;
	readonly cipher: string;
	/** The name of the certificate that fits; undefined where it was not verified. */
	readonly verifiedName: string | undefined;
	/** What verification had found; only with `--tls-insecure` a connection stands in spite of it. */
	readonly problem: string | undefined;
}

export interface TransportListener {
	/** `payloadLength`: bytes of the datagram, or of the message on a stream. */
	onMessage(message: Parsed<SipMessage>, from: Endpoint, payloadLength: number): void;
	/** A datagram that is no SIP, before `onMessage` is told so: an answer to STUN on the same flow (RFC 5626 §4.4.2). */
	onOther?(payload: Uint8Array, from: Endpoint): void;
	/** After this nothing more can be sent over a TCP connection; a UDP socket stays usable. */
	onFailure(failure: TransportFailure): void;
}

export interface SipTransport {
	readonly name: ProbeTransportName;
	/** As the kernel chose it: what Via and Contact must say, so without a zone. */
	readonly local: Endpoint;
	/** Without a zone as well, as packets have it. */
	readonly remote: Endpoint;
	/** False once the connection is gone; the next request needs a new one. */
	readonly usable: boolean;
	/** Present over TLS and WSS. */
	readonly tls?: TlsUp | undefined;
	/** Present over WS and WSS. */
	readonly webSocket?: WebSocketFacts | undefined;
	send(bytes: Uint8Array): void;
	/** Resolves when the port is free again. May be called twice. */
	close(): Promise<void>;
}

export interface OpenOptions {
	/** A link-local address has its zone here. */
	readonly remote: Endpoint;
	/** Undefined: the kernel chooses. */
	readonly localPort: number | undefined;
	/** How long a TCP connect may take, milliseconds. */
	readonly timeoutMs: number;
	readonly timers: Timers;
	readonly listener: TransportListener;
	/** Ends a pending connect. */
	readonly signal: AbortSignal | undefined;
	/** Whom TLS and WebSocket are asked for; absent: the address itself. */
	readonly server?: ServerIdentity | undefined;
}

/** Whom a certificate must name, and what an HTTP request calls the server. */
export interface ServerIdentity {
	/** SNI and Host: the outbound proxy where it has a name, else the SIP domain. Lower case. */
	readonly name: string;
	/** Names of which the certificate must bear one (RFC 5922 §7.3): never the target of an SRV record. */
	readonly accepted: readonly string[];
}

/**
 * Opening either gives a transport, or says what the network answered (`failure`), or that this very machine has no
 * way there (`no-way`: no route, no such address family, a local rule), or that it was aborted.
 */
export type Opened =
	| { readonly kind: 'open'; readonly transport: SipTransport }
	| {
			readonly kind: 'failure';
			readonly failure: TransportFailure;
			readonly local: Endpoint | undefined;
	  }
	| { readonly kind: 'no-way'; readonly errno: string }
	| { readonly kind: 'aborted' };

export type OpenTransport = (options: OpenOptions) => Promise<Opened>;
