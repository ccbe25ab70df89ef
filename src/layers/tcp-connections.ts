/*
 * The TCP connections of one capture: which segment belongs to which, and when one is over. Bounded in connections, in
 * bytes that wait, and in capture time.
 */
import type { OddityCounter } from '../bytes/oddity.js';
import type { Instant } from '../time/instant.js';
import { ByteBudget } from './byte-budget.js';
import type { PacketPlace } from './frame-decoder.js';
import type { TcpSegment } from './tcp.js';
import { type ConnectionReader, type Side, TcpConnection } from './tcp-connection.js';
import type { SegmentOrigin } from './tcp-stream.js';

/** Views are copied: safe to keep. */
export interface ConnectionEnd {
	readonly address: Uint8Array;
	readonly port: number;
}

/** Makes the reader of a connection; `isFromStart` where the capture has its SYN. */
type OpenReader<T extends SegmentOrigin> = (
	client: ConnectionEnd,
	server: ConnectionEnd,
	isFromStart: boolean,
) => ConnectionReader<T>;

const MAX_CONNECTIONS = 20_000;
const MAX_WAITING_BYTES = 16 * 1024 * 1024;
/** RFC 5382 REQ-5: no NAT need keep an established connection that is silent for longer. */
const IDLE_US = 7_440_000_000;
/** How long segments of an ended connection are taken for copies and not for another one (RFC 9293 §3.4.1). */
const TIME_WAIT_US = 60_000_000;
/** Connections let go at once where there are too many: to find the idlest one each time would cost more than to read. */
const LET_GO = 1_000;
/** How often it is looked for what is old, in capture time. */
const SWEEP_US = 100_000;
/** How long a connection that is over waits for segments that the capture has in disorder. */
const DISORDER_US = 1_000_000;

interface Known<T extends SegmentOrigin> {
	readonly connection: TcpConnection<T>;
	/** The key of the end that connects. */
	readonly clientKey: string;
}

export class TcpConnections<T extends SegmentOrigin> {
	/** In order of the last packet. */
	readonly #known = new Map<string, Known<T>>();
	/** Those that are over and wait for what may be in disorder, in order of the last packet. */
	readonly #closing = new Map<string, TcpConnection<T>>();
	/** When those ended of which copies may still come, in order. */
	readonly #ended = new Map<string, Instant>();
	readonly #budget = new ByteBudget(MAX_WAITING_BYTES);
	readonly #open: OpenReader<T>;
	readonly #originOf: (place: PacketPlace) => T;
	readonly #oddities: OddityCounter;
	#sweptAt: Instant = Number.NEGATIVE_INFINITY;

	constructor(open: OpenReader<T>, originOf: (place: PacketPlace) => T, oddities: OddityCounter) {
		this.#open = open;
		this.#originOf = originOf;
		this.#oddities = oddities;
	}

	add(segment: TcpSegment, place: PacketPlace): void {
		const { ip, frame } = place;
		this.#finishOld(frame.at);
		const source = keyOf(ip.source, segment.sourcePort);
		const destination = keyOf(ip.destination, segment.destinationPort);
		const key = source < destination ? `${source}${destination}` : `${destination}${source}`;
		if (this.#ended.has(key)) {
			if (!segment.syn || segment.ack) return;
			this.#ended.delete(key);
		}
		const { connection, clientKey } = this.#connectionOf(key, source, destination, segment, place);
		const missing = Math.max(0, place.missing - segment.headerMissing);
		const from: Side = clientKey === source ? 'client' : 'server';
		connection.add(from, segment, missing, ip.ttl, frame.at, () => this.#originOf(place));
		if (!connection.isOver) return;
		this.#closing.delete(key);
		if (connection.isWaiting) this.#closing.set(key, connection);
		else this.#finish(key, connection, frame.at);
	}

	/** At the end of the capture. */
	end(): void {
		for (const { connection } of this.#known.values()) connection.end();
		this.#known.clear();
	}

	#connectionOf(
		key: string,
		source: string,
		destination: string,
		segment: TcpSegment,
		place: PacketPlace,
	): Known<T> {
		const known = this.#known.get(key);
		if (known !== undefined) {
			this.#known.delete(key);
			if (!known.connection.isReplacedBy(segment)) {
				this.#known.set(key, known);
				return known;
			}
			known.connection.end();
			this.#closing.delete(key);
		}
		const { ip, frame } = place;
		const sourceEnd = { address: Uint8Array.from(ip.source), port: segment.sourcePort };
		const destinationEnd = {
			address: Uint8Array.from(ip.destination),
			port: segment.destinationPort,
		};
		const isFromClient = isClient(segment);
		const reader = isFromClient
			? this.#open(sourceEnd, destinationEnd, segment.syn)
			: this.#open(destinationEnd, sourceEnd, segment.syn);
		const opened: Known<T> = {
			connection: new TcpConnection(reader, this.#budget, frame.at),
			clientKey: isFromClient ? source : destination,
		};
		this.#known.set(key, opened);
		this.#makeRoom(frame.number);
		return opened;
	}

	#makeRoom(frame: number): void {
		if (this.#known.size <= MAX_CONNECTIONS) return;
		const text = `more than ${MAX_CONNECTIONS} connections at a time; the idlest are let go`;
		this.#oddities.add('tcp-table-full', 'tcp', frame, text, LET_GO);
		let left = LET_GO;
		for (const [key, { connection }] of this.#known) {
			this.#forget(key, connection);
			left -= 1;
			if (left === 0) return;
		}
	}

	/** Each map is in order of time, so the old ones stand in front. */
	#finishOld(at: Instant): void {
		// Clocks are set back as well.
		if (Math.abs(at - this.#sweptAt) < SWEEP_US) return;
		this.#sweptAt = at;
		for (const [key, connection] of this.#closing) {
			if (at - connection.lastAt <= DISORDER_US) break;
			this.#finish(key, connection, at);
		}
		for (const [key, endedAt] of this.#ended) {
			if (at - endedAt <= TIME_WAIT_US) break;
			this.#ended.delete(key);
		}
		for (const [key, { connection }] of this.#known) {
			if (at - connection.lastAt <= IDLE_US) return;
			this.#forget(key, connection);
		}
	}

	#forget(key: string, connection: TcpConnection<T>): void {
		connection.end();
		this.#closing.delete(key);
		this.#known.delete(key);
	}

	/** Lets go of a connection that is over; only its key is kept for a while. */
	#finish(key: string, connection: TcpConnection<T>, at: Instant): void {
		this.#forget(key, connection);
		this.#ended.set(key, at);
		if (this.#ended.size <= MAX_CONNECTIONS) return;
		let left = LET_GO;
		for (const oldest of this.#ended.keys()) {
			this.#ended.delete(oldest);
			left -= 1;
			if (left === 0) return;
		}
	}
}

/** One character a byte: addresses of either version and the port, never ambiguous within one version. */
function keyOf(address: Uint8Array, port: number): string {
	let key = String.fromCharCode(port);
	for (const byte of address) key += String.fromCharCode(byte);
	return key;
}

/** Who connects: told by the SYN, else guessed: services are asked on the lower port. */
function isClient({ syn, ack, sourcePort, destinationPort }: TcpSegment): boolean {
	if (syn) return !ack;
	return sourcePort >= destinationPort;
}
