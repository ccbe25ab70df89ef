/* The exchanges of one phone that are alike: held as frames, counted, and the latest of them told. */
import type { Frame } from '../capture/frame.js';
import type { ExchangeTemplate } from './exchange-template.js';
import { HeldExchange } from './held-exchange.js';
import type { Observed } from './observed.js';
import { type Address, NO_ADDRESS, type Recogniser, Said } from './recogniser.js';
import type { Repeatable } from './repeatable.js';

/** What is held is told to. */
export interface FrameListener {
	/** Tells a frame like any other. */
	tell(frame: Frame): void;
	/** What is observed in a frame, told to nobody. */
	observe(frame: Frame): Observed | undefined;
	/** Counts the messages of an exchange that was let go. */
	count(messages: number, requests: number): void;
}

export class Repeats {
	readonly #flow: Address;
	readonly #template: ExchangeTemplate;
	readonly #basis: Repeatable;
	readonly #recogniser: Recogniser;
	readonly #digests: Address;
	readonly #listener: FrameListener;
	/** Complete ones in their order; all but the last are counted. */
	readonly #held: HeldExchange[] = [];
	/** The one before the one that is going on: held, or the one that was told at first. */
	#before: HeldExchange;
	/** Those that were let go since one was told. */
	#letGo = 0;

	/** `like`: the exchange that was told, and that others are like. */
	constructor(
		flow: Address,
		basis: Repeatable,
		like: { readonly template: ExchangeTemplate; readonly exchange: HeldExchange },
		recogniser: Recogniser,
		listener: FrameListener,
	) {
		this.#flow = flow;
		this.#basis = basis;
		this.#template = like.template;
		this.#before = like.exchange;
		this.#recogniser = recogniser;
		this.#listener = listener;
		this.#digests = this.#newDigests();
		recogniser.code.expect(flow, like.template.at, like.exchange.at, this.#digests);
	}

	/** What the recogniser verifies by itself; all else it asks for. */
	#newDigests(): Address {
		if (this.#basis.verifies === undefined) return NO_ADDRESS;
		const { code } = this.#recogniser;
		const digests = code.newDigests();
		for (const { message, request } of this.#template.digests()) {
			const md5 = this.#basis.md5Of(request);
			if (md5 === undefined) continue;
			const { ha1, ha2, qop, isRight } = md5;
			const before = `${ha1}:`;
			const behind = qop === undefined ? `:${ha2}` : `:${qop}:${ha2}`;
			const at = code.setDigest(
				digests,
				message,
				Number(isRight),
				Number(qop !== undefined),
				before.length,
				behind.length,
			);
			this.#recogniser.write(before + behind, at);
		}
		return digests;
	}

	/** An exchange has begun and is not over. */
	get isGoingOn(): boolean {
		return this.#recogniser.code.currentOf(this.#flow) !== NO_ADDRESS;
	}

	/** Whether one that begins so many ms after the one before may be alike. */
	follows(pauseMs: number): boolean {
		return this.#basis.follows(pauseMs);
	}

	/**
	 * Begins one with the frame that the recogniser looked at last, which came so many microseconds after the one before;
	 * false where it is not what one begins with.
	 */
	begin(pause: number): boolean {
		const { code } = this.#recogniser;
		const said = code.hold();
		if (said === Said.notOurs) return false;
		code.expectPause(this.#flow, pause);
		if (said === Said.complete) this.complete();
		return true;
	}

	/** Whether the digest of a message of the one that is going on is to the accounts what it was. */
	isVerified(message: number, exchange: Address): boolean {
		const { verifies } = this.#basis;
		const held = new HeldExchange(this.#recogniser, exchange);
		return verifies === undefined || this.#template.isVerified(message, held, verifies);
	}

	/** The one that is going on is complete. */
	complete(): void {
		const { code } = this.#recogniser;
		const current = code.currentOf(this.#flow);
		// Now, as what was looked at last is near; where the latest is told after all, it is counted with all others.
		if (this.#held.length > 0) this.#basis.again(this.#before);
		const replaced = this.#replaced();
		code.leaveRoom(this.#template.at, replaced?.at ?? NO_ADDRESS);
		code.setBefore(this.#flow, current);
		// What stands for one that is let go is used again: nothing is made for the many that are alike.
		this.#before = replaced ?? new HeldExchange(this.#recogniser, current);
		this.#before.at = current;
		this.#held.push(this.#before);
	}

	/** Tells what is held as if it never had been, but for what was let go: what comes next is something else. */
	tell(): void {
		const latest = this.#held.at(-1);
		for (const exchange of this.#held.slice(0, -1)) this.#tellOne(exchange);
		const frames = [...(latest?.frames() ?? []), ...(this.#current()?.frames() ?? [])];
		this.#end();
		for (const frame of frames) this.#listener.tell(frame);
	}

	/** Tells the latest: nothing comes next. */
	finish(): void {
		if (this.isGoingOn) {
			this.tell();
			return;
		}
		const { told } = this.#basis;
		if (this.#held.length > 0) this.#basis.again(this.#before);
		for (const [index, exchange] of this.#held.entries()) {
			if (index < this.#held.length - told) this.#drop();
			else this.#tellOne(exchange);
		}
		this.#end();
	}

	/** What is let go for one more. */
	#replaced(): HeldExchange | undefined {
		if (this.#held.length === 0) return this.#before;
		// The one before the latest is needed where the latest turns out to be followed by something else.
		if (this.#held.length < Math.max(2, this.#basis.told)) return undefined;
		this.#drop();
		return this.#held.shift();
	}

	/** The one that is going on. */
	#current(): HeldExchange | undefined {
		const at = this.#recogniser.code.currentOf(this.#flow);
		return at === NO_ADDRESS ? undefined : new HeldExchange(this.#recogniser, at);
	}

	/** Nothing is held any more. */
	#end(): void {
		const { code } = this.#recogniser;
		const current = this.#current();
		if (current !== undefined) code.leaveRoom(this.#template.at, current.at);
		for (const exchange of new Set([this.#before, ...this.#held])) exchange.free();
		this.#held.length = 0;
		if (this.#digests !== NO_ADDRESS) code.freeDigests(this.#digests);
		code.expect(this.#flow, NO_ADDRESS, NO_ADDRESS, NO_ADDRESS);
	}

	#drop(): void {
		this.#letGo += 1;
		this.#listener.count(this.#template.length, this.#template.requests);
	}

	#tellOne(exchange: HeldExchange): void {
		const messages = exchange.frames().flatMap((frame) => this.#listener.observe(frame) ?? []);
		this.#basis.tell(messages, this.#letGo);
		this.#letGo = 0;
	}
}
