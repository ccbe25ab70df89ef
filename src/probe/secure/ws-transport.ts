/* SIP over WebSocket (RFC 7118), plain or over TLS: one message a frame, subprotocol `sip`. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import { type Endpoint, formatEndpoint, wireEndpoint } from '../../net/endpoint.js';
import { parseDatagram } from '../../sip/parse-message.js';
import { isKeepAlive } from '../keep-alive.js';
import { connectTcp } from '../tcp-connect.js';
import { tcpLoss } from '../tcp-transport.js';
import type {
	Opened,
	OpenOptions,
	OpenTransport,
	SipTransport,
	TlsUp,
	TransportFailure,
	WebSocketFacts,
} from '../transport.js';
import { checkTlsSettings, shakeHands, type TlsSettings } from './tls-handshake.js';

/** Beyond any SIP message. */
const MAX_PAYLOAD = 65_536;
/** How long a server may take to answer a close. */
const CLOSE_MS = 500;
const PORTS = { ws: 80, wss: 443 } as const;

export interface WebSocketSettings {
	/** Path and query of the request. */
	readonly path: string;
	/** Present for `wss`. */
	readonly tls: TlsSettings | undefined;
}

/** SIP over WebSocket. Throws `ProbeError` at once for certificates that cannot be used; the opener, for a local port. */
export function wsOpener({ path, tls }: WebSocketSettings): OpenTransport {
	if (tls !== undefined) checkTlsSettings(tls);
	return async (given) => {
		const connected = await connectTcp(given);
		if (connected.kind !== 'connected') return connected;
		const { local } = connected;
		const options = { ...given, remote: wireEndpoint(given.remote) };
		const plain = { name: 'ws', path, local, stream: connected.socket } as const;
		if (tls === undefined) {
			return upgrade({ ...plain, failureOf: tcpLoss, tls: undefined }, options);
		}
		const shaken = await shakeHands(connected.socket, tls, options);
		if (shaken.kind === 'aborted') return shaken;
		if (shaken.kind === 'down') return { kind: 'failure', failure: shaken.failure, local };
		const { socket, up, failureOf } = shaken;
		return upgrade({ ...plain, name: 'wss', stream: socket, failureOf, tls: up }, options);
	};
}

interface Base {
	readonly name: 'ws' | 'wss';
	readonly path: string;
	readonly local: Endpoint;
	readonly stream: Duplex;
	readonly failureOf: (error: Error | undefined) => TransportFailure;
	readonly tls: TlsUp | undefined;
}

async function upgrade(base: Base, options: OpenOptions): Promise<Opened> {
	const { name, path, local, stream } = base;
	const { remote, timers, timeoutMs, signal } = options;
	const host = hostHeader(options.server?.name, remote, PORTS[name]);
	// The URL is only for the path: the connection is up already, with or without TLS.
	const socket = new WebSocket(`ws://${formatEndpoint(remote)}${path}`, ['sip'], {
		createConnection: () => stream,
		perMessageDeflate: false,
		maxPayload: MAX_PAYLOAD,
		headers: { Host: host },
	});
	let answer: IncomingMessage | undefined;
	socket.once('upgrade', (response) => {
		answer = response;
	});
	const end = await new Promise<'open' | 'aborted' | 'timed-out' | { error: Error }>((resolve) => {
		const settle: typeof resolve = (outcome) => {
			cancel();
			signal?.removeEventListener('abort', abort);
			resolve(outcome);
		};
		const abort = (): void => settle('aborted');
		const cancel = timers.after(timeoutMs, () => settle('timed-out'));
		signal?.addEventListener('abort', abort, { once: true });
		socket.once('open', () => settle('open'));
		socket.once('unexpected-response', (_request, response) => {
			answer = response;
			settle({ error: new Error('refused') });
		});
		socket.on('error', (error) => settle({ error }));
	});
	if (end === 'open') {
		const facts = factsOf(base, 'established', answer);
		return { kind: 'open', transport: webSocketTransport(socket, base, facts, options) };
	}
	socket.terminate();
	stream.destroy();
	if (end === 'aborted') return { kind: 'aborted' };
	return { kind: 'failure', failure: upgradeFailure(base, end, answer), local };
}

/** RFC 9110 §7.2: the default port is left out. */
function hostHeader(name: string | undefined, remote: Endpoint, defaultPort: number): string {
	const whole = formatEndpoint({ address: name ?? remote.address, port: remote.port });
	return remote.port === defaultPort ? whole.slice(0, whole.lastIndexOf(':')) : whole;
}

function upgradeFailure(
	base: Base,
	end: 'timed-out' | { readonly error: Error },
	answer: IncomingMessage | undefined,
): TransportFailure {
	// Nothing came at all: it was the connection, or what TLS 1.3 says of a client only now.
	const code = end === 'timed-out' || !('code' in end.error) ? '' : String(end.error.code);
	if (end !== 'timed-out' && answer === undefined && /^(?:E[A-Z]+|ERR_SSL.*)$/.test(code)) {
		return base.failureOf(end.error);
	}
	// RFC 7118 §4.2: 101 and another subprotocol, or none, is no SIP.
	const outcome = answer?.statusCode === 101 ? 'established' : 'refused';
	const facts = factsOf(base, outcome, answer);
	const said = facts.status === undefined ? 'no answer that can be read' : `HTTP ${facts.status}`;
	const wrong = outcome === 'established' ? ' without the subprotocol "sip"' : '';
	const why = `the WebSocket at ${base.path} is not opened: ${said}${wrong}`;
	return { kind: 'websocket', facts, why };
}

function factsOf(
	{ name, path }: Base,
	outcome: WebSocketFacts['outcome'],
	answer: IncomingMessage | undefined,
): WebSocketFacts {
	const protocol = answer?.headers['sec-websocket-protocol']?.slice(0, 100);
	const status = answer?.statusCode;
	return { transport: name, outcome, status, path, protocol, closeCode: undefined };
}

function webSocketTransport(
	socket: WebSocket,
	base: Base,
	facts: WebSocketFacts,
	{ remote, listener, timers }: OpenOptions,
): SipTransport {
	let usable = true;
	let closing = false;
	const lost = (failure: TransportFailure): void => {
		if (!usable) return;
		usable = false;
		if (closing) return;
		listener.onFailure(failure);
		socket.terminate();
	};
	socket.on('message', (data) => {
		const bytes = bytesOf(data);
		if (isKeepAlive(bytes)) {
			listener.onOther?.(bytes, remote);
			return;
		}
		listener.onMessage(parseDatagram(bytes), remote, bytes.length);
	});
	socket.on('error', (error) => lost(base.failureOf(error)));
	socket.on('close', (code) => lost(closeFailure(code, base, facts)));
	return {
		name: base.name,
		local: base.local,
		remote,
		tls: base.tls,
		webSocket: facts,
		get usable() {
			return usable;
		},
		send(bytes) {
			// RFC 7118 §4.2 allows text and binary; text is what every server knows, and a REGISTER is UTF-8 or binary.
			if (usable) socket.send(bytes, { binary: !isUtf8(bytes) });
		},
		close() {
			closing = true;
			usable = false;
			return new Promise((resolve) => {
				if (socket.readyState === WebSocket.CLOSED) {
					resolve();
					return;
				}
				const cancel = timers.after(CLOSE_MS, () => socket.terminate());
				socket.once('close', () => {
					cancel();
					resolve();
				});
				socket.close(1000);
			});
		},
	};
}

function bytesOf(data: WebSocket.RawData): Uint8Array {
	if (Array.isArray(data)) return Buffer.concat(data);
	return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}

function isUtf8(bytes: Uint8Array): boolean {
	try {
		new TextDecoder('utf-8', { fatal: true }).decode(bytes);
		return true;
	} catch {
		return false;
	}
}

/** 1000 and 1001 are a farewell, 1005 and 1006 are no code at all (RFC 6455 §7.4.1). */
function closeFailure(code: number, { path }: Base, facts: WebSocketFacts): TransportFailure {
	if ([1000, 1001, 1005, 1006].includes(code)) {
		return { kind: 'connection', outcome: 'reset', errno: undefined };
	}
	const closed = { ...facts, outcome: 'closed', closeCode: code } as const;
	return {
		kind: 'websocket',
		facts: closed,
		why: `the server closed the WebSocket at ${path} with code ${code}`,
	};
}
