import type { Parsed } from '../bytes/malformed.js';
import { describeMalformed } from '../bytes/malformed.js';
import { OddityCounter } from '../bytes/oddity.js';
import type { Endpoint } from '../net/endpoint.js';
import type { SipMessage } from '../sip/message.js';
import type { Instant } from '../time/instant.js';
import type { NetworkEvent, Observed, TraceSink } from '../trace/observed.js';
import type { SourceFacts } from '../trace/source-facts.js';
import type { ProbeTransportName } from './transport.js';

/** `sources[].name` of everything a probe saw. */
const PROBE_SOURCE = 'probe';

/** A probe is a few dozen messages; a peer that floods it fills no memory. */
const MAX_RECORDS = 2000;

/** What one frame of the saved file holds, in order; the frame's number is its place in the list, from 1. */
export type ProbeRecord =
	| { readonly kind: 'message'; readonly observed: Observed }
	| { readonly kind: 'event'; readonly event: NetworkEvent }
	| ({ readonly kind: 'aside'; readonly at: Instant } & AsidePacket);

/** What an experiment sent or received: saved to be looked at, and no part of what is diagnosed. */
export interface AsidePacket {
	/** Wireshark's name of who reads it. */
	readonly dissector: 'sip' | 'stun' | 'dns' | 'data';
	readonly transport: ProbeTransportName;
	readonly src: Endpoint;
	readonly dst: Endpoint;
	readonly payload: Uint8Array;
}

/** A network event before it has a place: the recorder gives time, source and frame. */
export type EventToRecord = NetworkEvent extends infer E
	? E extends NetworkEvent
		? Omit<E, 'at' | 'source' | 'frame'>
		: never
	: never;

/** Numbers what the probe sees as the saved file will, keeps it for that file, and hands it on at once. */
export class ProbeRecorder {
	readonly #records: ProbeRecord[] = [];
	readonly #oddities = new OddityCounter();
	readonly #sink: TraceSink;
	readonly #now: () => Instant;
	#bytes = 0;
	#sipMessages = 0;
	#registerRequests = 0;

	constructor(sink: TraceSink, now: () => Instant) {
		this.#sink = sink;
		this.#now = now;
	}

	get records(): readonly ProbeRecord[] {
		return this.#records;
	}

	get #nextFrame(): number {
		return this.#records.length + 1;
	}

	/** Gives undefined once the bound is reached. */
	message<M extends SipMessage>(
		message: M,
		src: Endpoint,
		dst: Endpoint,
		transport: ProbeTransportName,
		payloadLength: number,
	): Observed<M> | undefined {
		if (this.#full()) return undefined;
		const frame = this.#nextFrame;
		const observed: Observed<M> = {
			message,
			at: this.#now(),
			src,
			dst,
			transport,
			source: PROBE_SOURCE,
			frame,
			frames: [frame],
			cut: false,
			packet: { fragments: 1, payloadLength },
		};
		this.#records.push({ kind: 'message', observed });
		this.#bytes += payloadLength;
		this.#sipMessages += 1;
		if (message.kind === 'request' && message.method === 'REGISTER') this.#registerRequests += 1;
		this.#sink.message(observed);
		return observed;
	}

	/** `at`: where it happened before it could be told. Gives its frame, undefined once the bound is reached. */
	event(event: EventToRecord, at: Instant = this.#now()): number | undefined {
		// What came of an experiment is told in any case: there are few of them.
		if (event.kind !== 'experiment' && this.#full()) return undefined;
		const frame = this.#nextFrame;
		const placed: NetworkEvent = { ...event, at, source: PROBE_SOURCE, frame };
		this.#records.push({ kind: 'event', event: placed });
		this.#sink.event(placed);
		return frame;
	}

	/** Gives the frame of a packet that only the saved file shows, undefined once the bound is reached. */
	aside(packet: AsidePacket): number | undefined {
		if (this.#full()) return undefined;
		const frame = this.#nextFrame;
		this.#records.push({ kind: 'aside', at: this.#now(), ...packet });
		return frame;
	}

	/** Bytes that came and were no SIP. */
	unreadable(parsed: Extract<Parsed<SipMessage>, { ok: false }>): void {
		this.#oddities.add('sip-unreadable', 'sip', 0, describeMalformed(parsed.malformed));
	}

	facts(): SourceFacts {
		const times = this.#records.map((record) => atOf(record));
		return {
			kind: 'probe',
			name: PROBE_SOURCE,
			format: 'live',
			linkTypes: [],
			packets: this.#records.length,
			bytes: this.#bytes,
			sipMessages: this.#sipMessages,
			registerRequests: this.#registerRequests,
			firstPacketAt: times[0],
			lastPacketAt: times.at(-1),
			truncated: false,
			oddities: this.#oddities.list(),
		};
	}

	#full(): boolean {
		if (this.#records.length < MAX_RECORDS) return false;
		this.#oddities.add('probe-flooded', 'probe', 0, `more than ${MAX_RECORDS} messages came`);
		return true;
	}
}

function atOf(record: ProbeRecord): Instant {
	switch (record.kind) {
		case 'message':
			return record.observed.at;
		case 'event':
			return record.event.at;
		case 'aside':
			return record.at;
	}
}
