/*
 * Exchanges that say what the one before them said, known by their bytes before anything is made of them. A phone that
 * refreshes as it always did is most of a large capture; reading each of its messages would cost more than all else.
 *
 * An exchange is held until it is known whether it is alike. One that turns out not to be is told, message by message,
 * together with the one before it, as if nothing had been held. Of those that are alike the latest is told in the end.
 * Nothing is held of a phone whose REGISTERs may have several legs in this capture: which message belongs to which leg
 * can be told only of all of them together.
 */
import type { Frame } from '../capture/frame.js';
import type { RawFrame } from '../capture/frame-reader.js';
import { PlainUdp } from '../layers/plain-udp.js';
import { formatEndpoint } from '../net/endpoint.js';
import type { SipRequest } from '../sip/message.js';
import { identityOf } from '../sip/message-identity.js';
import { scanMessage } from '../sip/message-scan.js';
import type { ExchangeTemplate, ToldFrame } from './exchange-template.js';
import { FlowTable } from './flow-table.js';
import { HeldExchange, MAX_FRAME_BYTES, MAX_MESSAGES } from './held-exchange.js';
import type { Observed } from './observed.js';
import type { Repeatable, ToldExchange } from './repeatable.js';
import { SharedPhones } from './shared-phones.js';
import { TemplateTable } from './template-table.js';

/** T1 (RFC 3261 §17.1.1.1): what comes sooner belongs to the exchange before it. */
const T1_US = 500_000;

/** Exchanges that are going on at one time; of more each is told. */
const MAX_GOING_ON = 1_024;

/** Of a phone whose exchanges are unusual again and again no more are looked at. */
const MAX_UNUSUAL = 4;

/** What the exchanges are told to, and asked of. */
export interface ExchangeListener {
	/** Tells a frame like any other. */
	tell(frame: Frame): void;
	/** What is observed in a frame, told to nobody. */
	observe(frame: Frame): Observed | undefined;
	/** Counts the messages of an exchange that was let go. */
	count(messages: number, requests: number): void;
	repeatable(exchange: ToldExchange): Repeatable | undefined;
}

interface Repeats {
	readonly basis: Repeatable;
	readonly template: ExchangeTemplate;
	/** Complete ones in their order; all but the last are counted. */
	readonly held: HeldExchange[];
	/** Those that were let go since one was told. */
	letGo: number;
	/** The one before the one that is going on: held, or the one that was told at first. */
	before: HeldExchange;
	/** The one that is going on. */
	current: HeldExchange | undefined;
}

interface Flow {
	/** What tells its REGISTERs from those of other phones; undefined until one was told. */
	identity: Pick<ToldExchange, 'to' | 'callId' | 'address'> | undefined;
	/** The exchange that is being told; undefined where its beginning was not. */
	told: ToldFrame[] | undefined;
	lastAt: number;
	repeats: Repeats | undefined;
	/** Its messages may be legs of those of others. */
	isShared: boolean;
	/** How often an exchange was told of which no template could be made. */
	unusual: number;
}

export class RepeatedExchanges {
	readonly #source: string;
	readonly #listener: ExchangeListener;
	readonly #place = new PlainUdp();
	#flows = new FlowTable<Flow>();
	#shared = new SharedPhones();
	readonly #templates = new TemplateTable();
	/** Room for exchanges that are going on; what is held of one that is over takes less. */
	readonly #rooms: HeldExchange[] = [];
	#goingOn = 0;
	/** By what `wayOf` gives. */
	readonly #byWay = new Map<string, Flow>();
	/** The flow of the request that is told next, and its frame. */
	#next: { readonly flow: Flow; readonly frame: number } | undefined;
	#isOff = false;

	constructor(source: string, listener: ExchangeListener) {
		this.#source = source;
		this.#listener = listener;
	}

	/** True where the frame is held: nothing is to be made of it. */
	take(frame: RawFrame): boolean {
		const { bytes } = frame;
		const place = this.#place;
		if (this.#isOff || !place.locate(frame.linkType, bytes, frame.start, frame.end)) return false;
		const start = startOf(bytes, place.payload, place.end);
		const isRequest = bytes[start] === LETTER_R && isRegister(bytes, start);
		if (!isRequest && !isStatusLine(bytes, start)) return false;
		const flow =
			this.#flows.find(bytes, place, isRequest) ?? (isRequest ? this.#begin(bytes) : undefined);
		if (flow === undefined) return false;
		return isRequest ? this.#request(flow, frame) : this.#response(flow, frame);
	}

	/** Takes note of a REGISTER that was told, on whichever way it came, before anybody else does. */
	told(observed: Observed<SipRequest>): void {
		if (this.#isOff) return;
		const { callId, to } = identityOf(observed.message);
		const way = wayOf(observed);
		const next = this.#next;
		if (next?.frame === observed.frame) {
			next.flow.identity = { callId, to, address: observed.src.address };
			this.#byWay.set(way, next.flow);
		}
		for (const other of this.#shared.add({
			way,
			callId,
			to,
			src: observed.src,
			dst: observed.dst,
		})) {
			const flow = this.#byWay.get(other);
			if (flow === undefined || flow.isShared) continue;
			flow.isShared = true;
			this.#tell(flow);
		}
		if (this.#shared.isFull) this.#stop();
	}

	/** The network has said something of what went from one endpoint to another: what is held of it goes first. */
	interrupt({ transport, src, dst }: Pick<Observed, 'transport' | 'src' | 'dst'>): void {
		for (const way of [wayOf({ transport, src, dst }), wayOf({ transport, src: dst, dst: src })]) {
			const flow = this.#byWay.get(way);
			if (flow !== undefined) this.#tell(flow);
		}
	}

	/** Tells all that is held: of exchanges that are alike the latest. */
	end(): void {
		for (const flow of this.#flows.all()) this.#finish(flow);
	}

	#stop(): void {
		this.end();
		this.#isOff = true;
		this.#flows = new FlowTable();
		this.#shared = new SharedPhones();
		this.#byWay.clear();
	}

	#begin(bytes: Uint8Array): Flow | undefined {
		if (this.#flows.isFull) {
			this.#stop();
			return undefined;
		}
		return this.#flows.add(bytes, this.#place, {
			identity: undefined,
			told: undefined,
			lastAt: Number.NEGATIVE_INFINITY,
			repeats: undefined,
			isShared: false,
			unusual: 0,
		});
	}

	#request(flow: Flow, frame: RawFrame): boolean {
		const pause = frame.at - flow.lastAt;
		flow.lastAt = frame.at;
		if (flow.repeats?.current !== undefined) {
			return this.#hold(flow.repeats, frame) || this.#giveUp(flow);
		}
		const isNew = pause >= T1_US;
		if (isNew) flow.repeats ??= this.#learn(flow);
		const { repeats } = flow;
		if (repeats !== undefined) {
			if (isNew && repeats.basis.follows(pause / 1000) && this.#hold(repeats, frame)) return true;
			this.#tell(flow);
		}
		if (isNew) {
			flow.told = [];
			this.#next = { flow, frame: frame.number };
		}
		this.#note(flow, frame, true);
		return false;
	}

	#response(flow: Flow, frame: RawFrame): boolean {
		const { repeats } = flow;
		if (repeats?.current !== undefined && this.#hold(repeats, frame)) {
			flow.lastAt = frame.at;
			return true;
		}
		const { payload, end } = this.#place;
		if (scanMessage(frame.bytes.subarray(payload, end)).kind === 'other-response') return false;
		flow.lastAt = frame.at;
		if (repeats !== undefined) return this.#giveUp(flow);
		this.#note(flow, frame, false);
		return false;
	}

	/** Adds the message to those of the exchange that is going on; false where it does not belong there. */
	#hold(repeats: Repeats, frame: RawFrame): boolean {
		const { basis, template, before } = repeats;
		const current = repeats.current ?? this.#newRoom();
		if (current === undefined) return false;
		repeats.current = current;
		if (!template.take({ frame, place: this.#place }, current, before, basis.verifies)) {
			if (current.count === 0) this.#leave(repeats);
			return false;
		}
		if (current.count === template.length) this.#complete(repeats, current);
		return true;
	}

	#complete(repeats: Repeats, current: HeldExchange): void {
		const { basis, template, held, before } = repeats;
		// Now, as what was looked at last is near; where the latest is told after all, it is counted with all others.
		if (held.length > 0) basis.again(before);
		// The one before the latest is needed where the latest turns out to be followed by something else.
		const oldest = held.length === Math.max(2, basis.told) ? held.shift() : undefined;
		if (oldest !== undefined) this.#letGo(repeats);
		const latest = current.copied(
			template.values,
			oldest ?? (held.length === 0 ? before : undefined),
		);
		held.push(latest);
		repeats.before = latest;
		this.#leave(repeats);
	}

	#newRoom(): HeldExchange | undefined {
		if (this.#goingOn >= MAX_GOING_ON) return undefined;
		this.#goingOn += 1;
		return this.#rooms.pop() ?? new HeldExchange();
	}

	/** Nothing is going on any more. */
	#leave(repeats: Repeats): void {
		const { current } = repeats;
		if (current === undefined) return;
		current.clear();
		this.#rooms.push(current);
		this.#goingOn -= 1;
		repeats.current = undefined;
	}

	/** The exchange that was told last, to hold others against it. */
	#learn(flow: Flow): Repeats | undefined {
		const { told, identity } = flow;
		if (told === undefined || told.length < 2 || identity === undefined) return undefined;
		if (flow.unusual >= MAX_UNUSUAL || flow.isShared) return undefined;
		const frames = told.map(({ frame }) => frame.number);
		const basis = this.#listener.repeatable({ source: this.#source, ...identity, frames });
		if (basis === undefined) return undefined;
		const made = this.#templates.of(told, basis.verifies);
		if (made === undefined) {
			flow.unusual += 1;
			return undefined;
		}
		const { template, exchange } = made;
		flow.told = undefined;
		return { basis, template, held: [], letGo: 0, before: exchange, current: undefined };
	}

	/** Keeps a copy of a message that is told. */
	#note(flow: Flow, frame: RawFrame, isRequest: boolean): void {
		if (flow.told === undefined) return;
		const { start, end } = frame;
		if (flow.told.length >= MAX_MESSAGES || end - start > MAX_FRAME_BYTES) {
			flow.told = undefined;
			return;
		}
		const bytes = frame.bytes.slice(start, end);
		const place = { payload: this.#place.payload - start, end: this.#place.end - start };
		const view = new DataView(bytes.buffer);
		const copy = { ...frame, bytes, view, start: 0, end: end - start };
		flow.told.push({ frame: copy, place, isRequest });
	}

	/** What came does not belong to an exchange that is alike: all is told, and nothing is learned before the next one. */
	#giveUp(flow: Flow): false {
		this.#tell(flow);
		flow.told = undefined;
		return false;
	}

	/** Tells what is held as if it never had been. */
	#tell(flow: Flow): void {
		const { repeats } = flow;
		if (repeats === undefined) return;
		flow.repeats = undefined;
		flow.told = undefined;
		const latest = repeats.held.pop();
		for (const exchange of repeats.held) this.#tellOne(repeats, exchange);
		for (const frame of latest?.frames() ?? []) this.#listener.tell(frame);
		const begun = repeats.current?.frames() ?? [];
		this.#leave(repeats);
		for (const frame of begun) this.#listener.tell(frame);
	}

	#finish(flow: Flow): void {
		const { repeats } = flow;
		if (repeats === undefined) return;
		if (repeats.current !== undefined) {
			this.#tell(flow);
			return;
		}
		flow.repeats = undefined;
		const { held, basis } = repeats;
		if (held.length > 0) basis.again(repeats.before);
		for (const [index, exchange] of held.entries()) {
			if (index < held.length - basis.told) this.#letGo(repeats);
			else this.#tellOne(repeats, exchange);
		}
	}

	#letGo(repeats: Repeats): void {
		const { template } = repeats;
		repeats.letGo += 1;
		this.#listener.count(template.length, template.requests);
	}

	#tellOne(repeats: Repeats, exchange: HeldExchange): void {
		const messages = exchange.frames().flatMap((frame) => this.#listener.observe(frame) ?? []);
		repeats.basis.tell(messages, repeats.letGo);
		repeats.letGo = 0;
	}
}

const LETTER_R = 0x52;
const REGISTER = Buffer.from('REGISTER ', 'latin1');
/** As many as start-line.ts skips. */
const MAX_LEADING_CRLF = 64;

/** Behind any leading CRLF. */
function startOf(bytes: Uint8Array, payload: number, end: number): number {
	const limit = Math.min(end, payload + MAX_LEADING_CRLF);
	let at = payload;
	while (at < limit && (bytes[at] === 0x0d || bytes[at] === 0x0a)) at += 1;
	return at;
}

function isRegister(bytes: Uint8Array, start: number): boolean {
	for (let at = 0; at < REGISTER.length; at += 1)
		if (bytes[start + at] !== REGISTER[at]) return false;
	return true;
}

/** `SIP/`. */
function isStatusLine(bytes: Uint8Array, start: number): boolean {
	return (
		bytes[start] === 0x53 &&
		bytes[start + 1] === 0x49 &&
		bytes[start + 2] === 0x50 &&
		bytes[start + 3] === 0x2f
	);
}

function wayOf({ transport, src, dst }: Pick<Observed, 'transport' | 'src' | 'dst'>): string {
	return `${transport} ${formatEndpoint(src)} ${formatEndpoint(dst)}`;
}
