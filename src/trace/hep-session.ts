/* A TCP connection to a monitor: reports in HEP, each behind its length. A monitor says nothing. */

import { isHep3 } from '../layers/hep.js';
import { readHepStream } from '../layers/hep-stream.js';
import type { Side } from '../layers/tcp-connection.js';
import { framesOf, type PacketOrigin } from './packet-origin.js';
import type { TcpContext, TcpEnds, TcpSession } from './tcp-context.js';

interface Direction {
	/** The start of a report whose rest is to come, and the packets that brought it. */
	rest: Uint8Array;
	origins: PacketOrigin[];
	/** False once it is not known any more where a report begins. */
	isAligned: boolean;
}

export class HepSession implements TcpSession {
	readonly #ends: TcpEnds;
	readonly #context: TcpContext;
	readonly #directions: { readonly client: Direction; readonly server: Direction } = {
		client: { rest: new Uint8Array(0), origins: [], isAligned: true },
		server: { rest: new Uint8Array(0), origins: [], isAligned: true },
	};

	constructor(ends: TcpEnds, context: TcpContext) {
		this.#ends = ends;
		this.#context = context;
	}

	/** An agent writes a report at once: behind a gap one begins where a segment begins. */
	wants(from: Side, payload: Uint8Array): boolean {
		return this.#directions[from].isAligned || isHep3(payload);
	}

	bytes(from: Side, chunk: Uint8Array, _position: number, origin: PacketOrigin): void {
		const direction = this.#directions[from];
		if (!direction.isAligned && !isHep3(chunk)) return;
		const bytes = Buffer.concat([direction.rest, chunk]);
		const { messages, consumed, isAligned } = readHepStream(bytes);
		const agent = this.#ends[from].address;
		const { at, frame } = origin;
		// Added to the list itself, as a report may come a byte at a time.
		const origins = direction.origins;
		origins.push(origin);
		for (const [index, message] of messages.entries()) {
			const frames = index === 0 ? framesOf(origins) : origin.frames;
			this.#context.hep(message, { at, frame, frames, agent });
		}
		this.#let(direction);
		if (isAligned)
			this.#keep(direction, bytes.subarray(consumed), consumed === 0 ? origins : [origin]);
		else this.#context.oddity('hep-stream-broken', frame, BROKEN);
	}

	gap(from: Side): void {
		this.#let(this.#directions[from]);
	}

	/** A report seen twice says the same twice. */
	copy(): void {}

	/** Whether a monitor is there concerns no registration. */
	end(): void {
		this.#let(this.#directions.client);
		this.#let(this.#directions.server);
	}

	#keep(direction: Direction, rest: Uint8Array, origins: PacketOrigin[]): void {
		const { budget, oddity } = this.#context;
		if (budget.take(rest.length)) {
			direction.rest = Uint8Array.from(rest);
			direction.origins = rest.length === 0 ? [] : origins;
			direction.isAligned = true;
			return;
		}
		const text = 'unfinished messages of all connections exceed the bound; one was let go';
		oddity('tcp-buffers-full', origins.at(-1)?.frame ?? 0, text);
	}

	#let(direction: Direction): void {
		this.#context.budget.give(direction.rest.length);
		direction.rest = new Uint8Array(0);
		direction.origins = [];
		direction.isAligned = false;
	}
}

const BROKEN =
	'bytes between reports in HEP are none; reading goes on where a segment begins with one';
