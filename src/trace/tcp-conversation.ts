/* One TCP connection: holds its first bytes until they tell what it carries, then hands everything to that reader. */
import type { ConnectionFact, ConnectionReader, Side } from '../layers/tcp-connection.js';
import type { PacketOrigin } from './packet-origin.js';
import { SipSession } from './sip-session.js';
import type { TcpContext, TcpEnds, TcpSession } from './tcp-context.js';
import { type Opening, openingOf } from './tcp-opening.js';
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

	constructor(ends: TcpEnds, context: TcpContext) {
		this.#ends = ends;
		this.#context = context;
	}

	wants(from: Side, payload: Uint8Array): boolean {
		return this.#session?.wants(from, payload) ?? true;
	}

	bytes(from: Side, chunk: Uint8Array, position: number, origin: PacketOrigin): void {
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

	#opening(from: Side): Opening {
		const bytes = Buffer.concat(
			this.#held.filter((one) => one.from === from).map(({ chunk }) => chunk),
		);
		const opening = openingOf(bytes);
		const isGreeting = from === 'server' && this.#ends.isFromStart;
		return isGreeting && bytes.length <= MAX_GREETING ? 'undecided' : opening;
	}

	#open(opening: Opening): TcpSession {
		const session = this.#sessionOf(opening);
		this.#session = session;
		for (const { from, chunk, position, origin } of this.#held) {
			session.bytes(from, chunk, position, origin);
		}
		this.#held = [];
		return session;
	}

	#sessionOf(opening: Opening): TcpSession {
		if (opening === 'tls') return new TlsSession(this.#ends, this.#context);
		if (opening === 'http') return new WebSocketSession(this.#ends, this.#context);
		return new SipSession(this.#ends, this.#context);
	}
}
