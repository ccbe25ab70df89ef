/* One TCP connection: holds its first bytes until they tell what it carries, then hands everything to that reader. */
import { DNS_PORT } from '../layers/dns.js';
import { proxyHeaderBytes } from '../layers/proxy-protocol.js';
import type { ConnectionFact, ConnectionReader, Side } from '../layers/tcp-connection.js';
import { DnsSession } from './dns-session.js';
import { HepSession } from './hep-session.js';
import type { PacketOrigin } from './packet-origin.js';
import { SipSession } from './sip-session.js';
import type { TcpContext, TcpEnds, TcpSession } from './tcp-context.js';
import { type Opening, openingOf, webSocketClient } from './tcp-opening.js';
import { TlsSession } from './tls-session.js';
import { WebSocketSession } from './websocket-session.js';

/** What a server may say before the client does, a greeting, without being taken for the one that opens. */
const MAX_GREETING = 1024;

interface Piece {
	readonly from: Side;
	readonly chunk: Uint8Array;
	readonly position: number;
	readonly origin: PacketOrigin;
}

export class TcpConversation implements ConnectionReader<PacketOrigin> {
	readonly #ends: TcpEnds;
	readonly #context: TcpContext;
	#held: Piece[] = [];
	#session: TcpSession | undefined;
	/** What a load balancer put before the client's first byte. */
	#proxyHeaderBytes = 0;

	constructor(ends: TcpEnds, context: TcpContext) {
		this.#ends = ends;
		this.#context = context;
		// DNS has no first bytes of its own: two of length, and two at random.
		if (ends.server.port === DNS_PORT) this.#session = new DnsSession(ends, context);
	}

	wants(from: Side, payload: Uint8Array): boolean {
		if (this.#session?.wants(from, payload) ?? true) return true;
		return this.#mayBeUpgraded() && webSocketClient(payload, from) !== undefined;
	}

	bytes(from: Side, chunk: Uint8Array, position: number, origin: PacketOrigin): void {
		if (this.#mayBeUpgraded()) this.#joinWebSocket(from, chunk);
		if (this.#session !== undefined) {
			this.#session.bytes(from, chunk, position, origin);
			return;
		}
		this.#held.push({ from, chunk: Uint8Array.from(chunk), position, origin });
		const opening = this.#opening(from);
		if (opening !== 'undecided') this.#open(opening);
	}

	gap(from: Side, length: number, position: number, origin: PacketOrigin): void {
		(this.#session ?? this.#open('text')).gap(from, length, position, origin);
	}

	copy(from: Side, length: number, position: number, origin: PacketOrigin): void {
		this.#session?.copy(from, length, position, origin);
	}

	end(facts: readonly ConnectionFact<PacketOrigin>[]): void {
		(this.#session ?? this.#open('text')).end(facts);
	}

	/** Of a connection without its start nothing may be known yet. */
	#mayBeUpgraded(): boolean {
		if (this.#ends.isFromStart) return false;
		return (
			this.#session === undefined || (this.#session instanceof SipSession && !this.#session.hasSip)
		);
	}

	#joinWebSocket(from: Side, chunk: Uint8Array): void {
		const client = webSocketClient(chunk, from);
		if (client === undefined) return;
		// What went before was the rest of a frame.
		(this.#session ?? this.#open('text')).end([]);
		this.#session = new WebSocketSession(this.#ends, this.#context, client);
	}

	#opening(from: Side): Opening {
		const bytes = Buffer.concat(
			this.#held.filter((one) => one.from === from).map(({ chunk }) => chunk),
		);
		const header = from === 'client' && this.#ends.isFromStart ? proxyHeaderBytes(bytes) : 0;
		if (header === undefined) return 'undecided';
		if (from === 'client') this.#proxyHeaderBytes = header;
		const opening = openingOf(bytes.subarray(header));
		const isGreeting = from === 'server' && this.#ends.isFromStart;
		return isGreeting && bytes.length <= MAX_GREETING ? 'undecided' : opening;
	}

	#open(opening: Opening): TcpSession {
		const session = this.#sessionOf(opening);
		this.#session = session;
		for (const { from, chunk, position, origin } of this.#held) {
			const left = from === 'client' ? Math.min(chunk.length, this.#proxyHeaderBytes) : 0;
			if (from === 'client') this.#proxyHeaderBytes -= left;
			if (left < chunk.length) session.bytes(from, chunk.subarray(left), position + left, origin);
		}
		this.#held = [];
		return session;
	}

	#sessionOf(opening: Opening): TcpSession {
		if (opening === 'tls') return new TlsSession(this.#ends, this.#context);
		if (opening === 'hep') return new HepSession(this.#ends, this.#context);
		if (opening === 'http') return new WebSocketSession(this.#ends, this.#context);
		return new SipSession(this.#ends, this.#context);
	}
}
