/* A TCP connection to a name server: the messages behind their lengths (RFC 1035 §4.2.2), both ways. */
import { MAX_DNS_MESSAGE } from '../layers/dns.js';
import { readDnsStream } from '../layers/dns-stream.js';
import type { Side } from '../layers/tcp-connection.js';
import type { PacketOrigin } from './packet-origin.js';
import type { TcpContext, TcpEnds, TcpSession } from './tcp-context.js';

interface Direction {
	/** The start of a message whose rest is to come. */
	rest: Uint8Array;
	/** False once it is not known any more where a message begins. */
	isAligned: boolean;
}

export class DnsSession implements TcpSession {
	readonly #ends: TcpEnds;
	readonly #context: TcpContext;
	readonly #directions: { readonly client: Direction; readonly server: Direction };

	constructor(ends: TcpEnds, context: TcpContext) {
		this.#ends = ends;
		this.#context = context;
		// Without its start nobody can tell a length from the middle of a message.
		const isAligned = ends.isFromStart;
		this.#directions = {
			client: { rest: new Uint8Array(0), isAligned },
			server: { rest: new Uint8Array(0), isAligned },
		};
	}

	wants(from: Side): boolean {
		return this.#directions[from].isAligned;
	}

	bytes(from: Side, chunk: Uint8Array, _position: number, origin: PacketOrigin): void {
		const direction = this.#directions[from];
		if (!direction.isAligned) return;
		const bytes = Buffer.concat([direction.rest, chunk]);
		const { messages, consumed } = readDnsStream(bytes);
		const { client, server } = this.#ends;
		const hop = from === 'client' ? { src: client, dst: server } : { src: server, dst: client };
		for (const message of messages) {
			this.#context.dns(message, { ...hop, at: origin.at, frame: origin.frame });
		}
		this.#keep(direction, Uint8Array.from(bytes.subarray(consumed)), origin);
	}

	gap(from: Side): void {
		this.#let(this.#directions[from]);
	}

	/** A message seen twice says the same twice. */
	copy(): void {}

	/** What keeps a name server from answering over TCP is told by the question over UDP. */
	end(): void {
		this.#let(this.#directions.client);
		this.#let(this.#directions.server);
	}

	#keep(direction: Direction, rest: Uint8Array, { frame }: PacketOrigin): void {
		const { budget, oddity } = this.#context;
		this.#let(direction);
		// Nothing that long would be read; and each segment copies what waits.
		if (rest.length > MAX_DNS_MESSAGE) return;
		if (budget.take(rest.length)) {
			direction.rest = rest;
			direction.isAligned = true;
			return;
		}
		const text = 'unfinished messages of all connections exceed the bound; one was let go';
		oddity('tcp-buffers-full', frame, text);
	}

	#let(direction: Direction): void {
		this.#context.budget.give(direction.rest.length);
		direction.rest = new Uint8Array(0);
		direction.isAligned = false;
	}
}
