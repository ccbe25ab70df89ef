/*
 * One TCP connection as the capture shows it: who connects, how it came up, how it ended, and what was never
 * acknowledged (RFC 9293 §3.5, §3.6, §3.8). The bytes go to a reader through one stream a direction.
 */
import type { Instant } from '../time/instant.js';
import type { ByteBudget } from './byte-budget.js';
import { sequenceAfter, sequenceDistance, type TcpSegment } from './tcp.js';
import { type SegmentOrigin, TcpStream } from './tcp-stream.js';
import { UnseenBytes, type UnseenRun } from './unseen-bytes.js';

/** The side that connects, and the side that is connected to. */
export type Side = 'client' | 'server';

/** What a connection's headers tell of its fate. `first` and `origin` are the packets that show it. */
export type ConnectionFact<T> =
	| { readonly kind: 'unanswered'; readonly copies: number; readonly first: T }
	| { readonly kind: 'refused'; readonly copies: number; readonly origin: T }
	| {
			readonly kind: 'reset' | 'closed';
			readonly by: Side | 'middle';
			readonly established: boolean;
			readonly origin: T;
	  }
	| {
			/** Data that was sent three times or more and never acknowledged. */
			readonly kind: 'unacknowledged';
			readonly by: Side;
			readonly copies: number;
			readonly length: number;
			/** Length of the largest segment of this side that was acknowledged; 0 where none was. */
			readonly acknowledgedLength: number;
			readonly first: T;
	  }
	/** Data of this side that the capture does not have. */
	| ({ readonly kind: 'not-captured'; readonly by: Side } & UnseenRun<T>);

/** Takes the bytes of both directions. Chunks are views: copy what you keep. */
export interface ConnectionReader<T extends SegmentOrigin> {
	/** False where bytes of this side are of no interest; asked before each segment, with its bytes. */
	wants(from: Side, payload: Uint8Array): boolean;
	bytes(from: Side, chunk: Uint8Array, position: number, origin: T): void;
	gap(from: Side, length: number, position: number, origin: T): void;
	copy(from: Side, length: number, position: number, origin: T): void;
	/** Once, when nothing more will come: the facts in order. */
	end(facts: readonly ConnectionFact<T>[]): void;
}

interface Repeated<T> {
	readonly sequence: number;
	length: number;
	copies: number;
	lastAt: Instant;
	readonly first: T;
}

interface SideState<T extends SegmentOrigin> {
	readonly stream: TcpStream<T>;
	readonly unseen: UnseenBytes<T>;
	readonly ttls: Set<number>;
	seen: boolean;
	hasFin: boolean;
	/** Everything before it the other side has acknowledged. */
	acknowledged: number | undefined;
	acknowledgedLength: number;
	/** The first segment that the other side has not acknowledged yet. */
	unacknowledged: Repeated<T> | undefined;
}

/** Nearer than this are two sightings of one packet; no retransmission timer is that short (RFC 6298 §2.4). */
const SAME_PACKET_US = 100_000;
const MIN_UNACKNOWLEDGED_COPIES = 3;
const MAX_TTLS = 8;

export class TcpConnection<T extends SegmentOrigin> {
	lastAt: Instant;
	/** True once a FIN of both sides or a RST was seen. */
	isOver = false;
	readonly #reader: ConnectionReader<T>;
	readonly #sides: { readonly client: SideState<T>; readonly server: SideState<T> };
	#syn:
		| { readonly sequence: number; readonly first: T; copies: number; lastAt: Instant }
		| undefined;
	#established = false;
	#ending: ConnectionFact<T> | undefined;
	#hasEnded = false;

	constructor(reader: ConnectionReader<T>, budget: ByteBudget, at: Instant) {
		this.#reader = reader;
		this.lastAt = at;
		this.#sides = {
			client: sideOf('client', reader, budget),
			server: sideOf('server', reader, budget),
		};
	}

	/** True while a direction waits for a segment that may still be found behind others. */
	get isWaiting(): boolean {
		return this.#sides.client.stream.isWaiting || this.#sides.server.stream.isWaiting;
	}

	/** True where this SYN begins another connection between the same endpoints. */
	isReplacedBy({ syn, ack, sequence }: TcpSegment): boolean {
		if (!syn || ack) return false;
		return (
			this.isOver || (this.#syn === undefined ? this.#established : this.#syn.sequence !== sequence)
		);
	}

	/** `missing` bytes of the payload the snaplen cut. `originOf` is called where the packet matters. */
	add(
		from: Side,
		segment: TcpSegment,
		missing: number,
		ttl: number,
		at: Instant,
		originOf: () => T,
	): void {
		this.lastAt = Math.max(this.lastAt, at);
		if (this.#hasEnded) return;
		const sender = this.#sides[from];
		const receiver = this.#sides[from === 'client' ? 'server' : 'client'];
		if (segment.rst) {
			this.#reset(from, ttl, originOf());
			return;
		}
		sender.seen = true;
		if (sender.ttls.size < MAX_TTLS) sender.ttls.add(ttl);
		if (segment.syn) this.#synchronize(from, segment, originOf);
		else this.#established = true;
		if (segment.ack) this.#acknowledge(receiver, segment.acknowledgment, at, originOf);
		const first = segment.syn ? sequenceAfter(segment.sequence, 1) : segment.sequence;
		if (segment.payload.length + missing > 0) {
			this.#data(from, { ...segment, sequence: first }, missing, originOf);
		}
		if (segment.fin) this.#finish(from, originOf());
	}

	/** When nothing more will come. */
	end(): void {
		if (this.#hasEnded) return;
		this.#hasEnded = true;
		this.#sides.client.stream.flush();
		this.#sides.server.stream.flush();
		this.#reader.end(this.#facts());
	}

	#facts(): readonly ConnectionFact<T>[] {
		const facts: ConnectionFact<T>[] = [];
		if (this.#syn !== undefined && !this.#established && !this.#sides.server.seen) {
			if (this.#ending === undefined) {
				facts.push({ kind: 'unanswered', copies: this.#syn.copies, first: this.#syn.first });
			}
		}
		for (const by of ['client', 'server'] as const) {
			const fact = unacknowledgedFact(by, this.#sides[by]);
			if (fact !== undefined) facts.push(fact);
			for (const run of this.#sides[by].unseen.end())
				facts.push({ kind: 'not-captured', by, ...run });
		}
		if (this.#ending !== undefined) facts.push(this.#ending);
		return facts;
	}

	#synchronize(from: Side, { ack, sequence }: TcpSegment, originOf: () => T): void {
		this.#sides[from].stream.start(sequenceAfter(sequence, 1));
		if (ack) return;
		const at = this.lastAt;
		if (this.#syn === undefined) {
			this.#syn = { sequence, first: originOf(), copies: 1, lastAt: at };
		} else if (at - this.#syn.lastAt > SAME_PACKET_US) {
			this.#syn.copies += 1;
			this.#syn.lastAt = at;
		}
	}

	#data(from: Side, segment: TcpSegment, missing: number, originOf: () => T): void {
		const { sequence, payload } = segment;
		const side = this.#sides[from];
		const isWanted = this.#reader.wants(from, payload);
		if (!isWanted) {
			side.stream.skip(sequence, payload.length + missing);
			return;
		}
		const origin = originOf();
		this.#watch(side, sequence, payload.length + missing, origin);
		side.stream.add(sequence, payload, missing, origin);
		side.unseen.settle();
	}

	/** Keeps the first segment that is not acknowledged, and how often it was sent. */
	#watch(side: SideState<T>, sequence: number, length: number, origin: T): void {
		const known = side.unacknowledged;
		if (known === undefined) {
			const isNew =
				side.acknowledged === undefined || sequenceDistance(side.acknowledged, sequence) >= 0;
			if (isNew) {
				side.unacknowledged = { sequence, length, copies: 1, lastAt: origin.at, first: origin };
			}
			return;
		}
		if (known.sequence !== sequence || origin.at - known.lastAt <= SAME_PACKET_US) return;
		known.copies += 1;
		known.lastAt = origin.at;
		known.length = Math.max(known.length, length);
	}

	#acknowledge(sender: SideState<T>, acknowledgment: number, at: Instant, originOf: () => T): void {
		sender.stream.acknowledge(acknowledgment, at);
		sender.unseen.acknowledge(sender.acknowledged, acknowledgment, originOf);
		const known = sender.unacknowledged;
		if (known !== undefined && sequenceDistance(known.sequence, acknowledgment) > 0) {
			sender.acknowledgedLength = Math.max(sender.acknowledgedLength, known.length);
			sender.unacknowledged = undefined;
		}
		const isLater =
			sender.acknowledged === undefined ||
			sequenceDistance(sender.acknowledged, acknowledgment) > 0;
		if (isLater) sender.acknowledged = acknowledgment;
	}

	#reset(from: Side, ttl: number, origin: T): void {
		const isAnswerToSyn = from === 'server' && !this.#established && !this.#sides.server.seen;
		const { ttls } = this.#sides[from];
		if (isAnswerToSyn && this.#syn !== undefined) {
			this.#ending ??= { kind: 'refused', copies: this.#syn.copies, origin };
		} else {
			const by = ttls.size > 0 && !ttls.has(ttl) ? 'middle' : from;
			this.#ending ??= { kind: 'reset', by, established: this.#established, origin };
		}
		this.isOver = true;
	}

	#finish(from: Side, origin: T): void {
		this.#sides[from].hasFin = true;
		this.#ending ??= { kind: 'closed', by: from, established: this.#established, origin };
		if (this.#sides.client.hasFin && this.#sides.server.hasFin) this.isOver = true;
	}
}

function sideOf<T extends SegmentOrigin>(
	from: Side,
	reader: ConnectionReader<T>,
	budget: ByteBudget,
): SideState<T> {
	const stream = new TcpStream<T>(
		{
			bytes: (chunk, position, origin) => reader.bytes(from, chunk, position, origin),
			gap: (length, position, origin) => reader.gap(from, length, position, origin),
			copy: (length, position, origin) => reader.copy(from, length, position, origin),
		},
		budget,
	);
	return {
		stream,
		unseen: new UnseenBytes(stream),
		ttls: new Set(),
		seen: false,
		hasFin: false,
		acknowledged: undefined,
		acknowledgedLength: 0,
		unacknowledged: undefined,
	};
}

/** Only where the other side was heard on this connection: a capture of one direction has no acknowledgments. */
function unacknowledgedFact<T extends SegmentOrigin>(
	by: Side,
	{ acknowledged, acknowledgedLength, unacknowledged }: SideState<T>,
): ConnectionFact<T> | undefined {
	if (acknowledged === undefined || unacknowledged === undefined) return undefined;
	const { copies, length, first } = unacknowledged;
	if (copies < MIN_UNACKNOWLEDGED_COPIES) return undefined;
	return { kind: 'unacknowledged', by, copies, length, acknowledgedLength, first };
}
