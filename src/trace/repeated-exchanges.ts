/*
 * Exchanges that say what the one before them said, known by their bytes before anything is made of them. A phone that
 * refreshes as it always did is most of a large capture; reading each of its messages would cost more than all else.
 *
 * An exchange is held until it is known whether it is alike. One that turns out not to be is told, message by message,
 * together with the one before it, as if nothing had been held. Of those that are alike the latest is told in the end.
 * Nothing is held of a phone whose REGISTERs may have several legs in this capture: which message belongs to which leg
 * can be told only of all of them together.
 */
import type { FrameTaker, RawFrame, RecordRow } from '../capture/frame-reader.js';
import { formatEndpoint } from '../net/endpoint.js';
import type { SipMessage, SipRequest } from '../sip/message.js';
import { identityOf } from '../sip/message-identity.js';
import { scanMessage } from '../sip/message-scan.js';
import { T1_US, type ToldFrame } from './exchange-template.js';
import { MAX_FRAME_BYTES, MAX_MESSAGES } from './held-exchange.js';
import { isRegister } from './message-kinds.js';
import { NotedTimes } from './noted-times.js';
import type { Observed } from './observed.js';
import { type Address, NO_ADDRESS, Recogniser, Said } from './recogniser.js';
import type { Answered, MessageTimes, Repeatable, ToldExchange } from './repeatable.js';
import { type FrameListener, Repeats, type RepeatsKeeper } from './repeats.js';
import { SharedPhones } from './shared-phones.js';
import { TemplateTable } from './template-table.js';

/** Of a phone whose exchanges are unusual again and again no more are looked at. */
const MAX_UNUSUAL = 4;

/** What the exchanges are told to, and asked of. */
export interface ExchangeListener extends FrameListener {
	repeatable(exchange: ToldExchange): Repeatable | undefined;
	timed(times: MessageTimes, answered: readonly Answered[]): void;
}

interface Flow {
	/** The recogniser's. */
	readonly at: Address;
	/** What tells its REGISTERs from those of other phones; undefined until one was told. */
	identity: Pick<ToldExchange, 'to' | 'callId' | 'address'> | undefined;
	/** The exchange that is being told; undefined where its beginning was not. */
	told: ToldFrame[] | undefined;
	repeats: Repeats | undefined;
	/** Its messages may be legs of those of others. */
	isShared: boolean;
	/** How often an exchange was told of which no template could be made. */
	unusual: number;
}

export class RepeatedExchanges implements FrameTaker {
	readonly #source: string;
	readonly #listener: ExchangeListener;
	readonly #recogniser = new Recogniser(
		(flow, message, exchange) => this.#flows[flow]?.repeats?.isVerified(message, exchange) === true,
	);
	readonly #templates = new TemplateTable(this.#recogniser);
	readonly #keeper: RepeatsKeeper;
	/** By the recogniser's number. */
	#flows: Flow[] = [];
	#shared = new SharedPhones();
	/** By what `wayOf` gives. */
	readonly #byWay = new Map<string, Flow>();
	/** The flow of the request that is told next, and its frame. */
	#next: { readonly flow: Flow; readonly frame: number } | undefined;
	#isOff = false;

	private constructor(source: string, listener: ExchangeListener) {
		this.#source = source;
		this.#listener = listener;
		const recogniser = this.#recogniser;
		const noted = new NotedTimes(recogniser, (times, answered) => listener.timed(times, answered));
		this.#keeper = { recogniser, noted, listener };
	}

	/**
	 * Undefined where the process has no WebAssembly (`node --jitless`), or not the room: V8 reserves ten gigabytes of addresses
	 * for the recogniser's memory, however little of it is used (`ulimit -v`). Then each message is read, and the same is told.
	 */
	static ifPossible(source: string, listener: ExchangeListener): RepeatedExchanges | undefined {
		if (typeof WebAssembly === 'undefined') return undefined;
		try {
			return new RepeatedExchanges(source, listener);
		} catch (error) {
			if (error instanceof RangeError) return undefined;
			throw error;
		}
	}

	/** True where the frame is held: nothing is to be made of it. */
	take(frame: RawFrame): boolean {
		if (this.#isOff) return false;
		const said = this.#recogniser.take(frame);
		if (said === Said.held) return true;
		this.countUp();
		switch (said) {
			case Said.complete:
				this.#complete();
				return true;
			case Said.request:
				return this.#request(frame);
			case Said.response:
				return this.#response(frame);
			default:
				return false;
		}
	}

	/** Takes what is held without a look at anything else. */
	takeRow(row: RecordRow): void {
		if (this.#isOff) return;
		while (this.#recogniser.takeRow(row) === Said.complete) this.#complete();
	}

	#complete(): void {
		this.countUp();
		this.#flows[this.#recogniser.code.flowOf()]?.repeats?.complete();
	}

	/** Counts what was only noted: to be done before a frame is told. */
	countUp(): void {
		this.#keeper.noted.tell();
	}

	/** Takes note of a message that is told, on whichever way it came, before anybody else does. */
	told(observed: Observed): void {
		if (this.#isOff) return;
		if (isRegister(observed)) this.#toldRegister(observed);
		else if (observed.message.kind === 'response') this.#toldResponse(observed.message);
	}

	/** A response that comes from elsewhere, or is written in another way, may be for what is held. */
	#toldResponse(message: SipMessage): void {
		const way = this.#shared.wayOf(identityOf(message).callId);
		if (way !== undefined) this.#tellWay(way);
	}

	#tellWay(way: string): void {
		const flow = this.#byWay.get(way);
		if (flow !== undefined) this.#tell(flow);
	}

	#toldRegister(observed: Observed<SipRequest>): void {
		const { callId, to } = identityOf(observed.message);
		const way = wayOf(observed);
		// One that could not be taken, as it came in fragments or was cut: what is held came before it.
		this.#tellWay(way);
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
			this.#tellWay(way);
		}
	}

	/** Tells all that is held: of exchanges that are alike the latest. */
	end(): void {
		this.countUp();
		for (const flow of this.#flows) {
			const { repeats } = flow;
			// A message of its own that it tells is none that interrupts it.
			flow.repeats = undefined;
			repeats?.finish();
		}
	}

	#stop(): void {
		this.end();
		this.#isOff = true;
		this.#flows = [];
		this.#shared = new SharedPhones();
		this.#byWay.clear();
	}

	/** The flow of the request that the recogniser looked at last. */
	#begin(): Flow | undefined {
		const at = this.#recogniser.code.begin();
		// What is known already is gone on with; of more phones each message is told.
		if (at === NO_ADDRESS) return undefined;
		const flow: Flow = {
			at,
			identity: undefined,
			told: undefined,
			repeats: undefined,
			isShared: false,
			unusual: 0,
		};
		this.#flows.push(flow);
		return flow;
	}

	#request(frame: RawFrame): boolean {
		const { code } = this.#recogniser;
		const flow = this.#flows[code.flowOf()] ?? this.#begin();
		if (flow === undefined) return false;
		if (flow.repeats?.isGoingOn === true) return this.#giveUp(flow);
		const pause = code.pauseOf();
		// What comes sooner belongs to the exchange before it.
		const isNew = pause >= T1_US;
		if (isNew) flow.repeats ??= this.#learn(flow);
		if (flow.repeats !== undefined) {
			if (isNew && flow.repeats.follows(pause / 1000) && flow.repeats.begin(pause)) return true;
			this.#tell(flow);
		}
		if (isNew) {
			this.#forget(flow);
			flow.told = [];
			this.#next = { flow, frame: frame.number };
		}
		this.#note(flow, true);
		return false;
	}

	#response(frame: RawFrame): boolean {
		const { code } = this.#recogniser;
		const flow = this.#flows[code.flowOf()];
		if (flow === undefined) return false;
		const { payload, end } = this.#recogniser.place();
		if (scanMessage(frame.bytes.subarray(payload, end)).kind === 'other-response') return false;
		code.seen();
		if (flow.repeats !== undefined) return this.#giveUp(flow);
		this.#note(flow, false);
		return false;
	}

	/** The exchange that was told last, to hold others against it. */
	#learn(flow: Flow): Repeats | undefined {
		const { told, identity } = flow;
		if (told === undefined || told.length < 2 || identity === undefined) return undefined;
		if (flow.unusual >= MAX_UNUSUAL || flow.isShared) return undefined;
		const frames = told.map(({ copy }) => this.#recogniser.code.copyNumberOf(copy));
		const basis = this.#listener.repeatable({ source: this.#source, ...identity, frames });
		if (basis === undefined) return undefined;
		const made = this.#templates.of(told, basis.verifies);
		if (made === undefined) {
			flow.unusual += 1;
			return undefined;
		}
		this.#forget(flow);
		return new Repeats(flow.at, basis, made, this.#keeper);
	}

	/** Keeps a copy of the message that was looked at last, and is told. */
	#note(flow: Flow, isRequest: boolean): void {
		if (flow.told === undefined) return;
		const { code } = this.#recogniser;
		if (flow.told.length >= MAX_MESSAGES || code.sizeOf() > MAX_FRAME_BYTES) this.#forget(flow);
		else flow.told.push({ copy: code.copy(), isRequest });
	}

	/** Lets go of the exchange that was being told. */
	#forget(flow: Flow): void {
		for (const { copy } of flow.told ?? []) this.#recogniser.code.freeCopy(copy);
		flow.told = undefined;
	}

	/** What came does not belong to an exchange that is alike: all is told. */
	#giveUp(flow: Flow): false {
		this.#tell(flow);
		return false;
	}

	/** Tells what is held of a flow; nothing is learned before the next exchange. */
	#tell(flow: Flow): void {
		const { repeats } = flow;
		flow.repeats = undefined;
		if (repeats === undefined) return;
		this.#forget(flow);
		repeats.tell();
	}
}

function wayOf({ transport, src, dst }: Pick<Observed, 'transport' | 'src' | 'dst'>): string {
	return `${transport} ${formatEndpoint(src)} ${formatEndpoint(dst)}`;
}
