/* The exchanges of one phone that are alike: held as frames, counted, and the latest of them told. */
import type { Frame } from '../capture/frame.js';
import type { ExchangeTemplate } from './exchange-template.js';
import { HeldExchange } from './held-exchange.js';
import type { NotedTimes } from './noted-times.js';
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

/** What all phones of a source have in common. */
export interface RepeatsKeeper {
	readonly recogniser: Recogniser;
	readonly noted: NotedTimes;
	readonly listener: FrameListener;
}

/** The complete ones are held in the memory of the recogniser; all but the latest are counted. */
export class Repeats {
	readonly #flow: Address;
	readonly #template: ExchangeTemplate;
	readonly #basis: Repeatable;
	readonly #recogniser: Recogniser;
	readonly #digests: Address;
	readonly #noted: NotedTimes;
	readonly #listener: FrameListener;
	#isOver = false;

	/** `like`: the exchange that was told, and that others are like. */
	constructor(
		flow: Address,
		basis: Repeatable,
		like: { readonly template: ExchangeTemplate; readonly exchange: HeldExchange },
		{ recogniser, noted, listener }: RepeatsKeeper,
	) {
		this.#flow = flow;
		this.#basis = basis;
		this.#template = like.template;
		this.#recogniser = recogniser;
		this.#noted = noted;
		this.#listener = listener;
		this.#digests = this.#newDigests();
		// The one before the latest is needed where the latest turns out to be followed by something else.
		const most = Math.max(2, basis.told);
		recogniser.code.expect(flow, like.template.at, like.exchange.at, this.#digests, most);
		this.#noteTimes();
	}

	/** Of exchanges of which nothing but their times is counted the recogniser takes note by itself. */
	#noteTimes(): void {
		if (!this.#basis.isTimedOnly()) return;
		const kind = this.#noted.kindOf(this.#template.length, this.#basis.answered);
		this.#recogniser.code.noteAs(this.#flow, kind);
	}

	/** What the recogniser verifies by itself; all else it asks for. */
	#newDigests(): Address {
		if (this.#basis.verifies === undefined) return NO_ADDRESS;
		const { code } = this.#recogniser;
		const digests = code.newDigests();
		for (const { message, request } of this.#template.digests) {
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
		// Now, as what was looked at last is near; where the latest is told after all, it is counted with all others.
		if (code.heldOf(this.#flow) > 0) this.#countLatest();
		code.keep(this.#flow);
		this.#noteTimes();
	}

	#countLatest(): void {
		this.#basis.again(
			new HeldExchange(this.#recogniser, this.#recogniser.code.beforeOf(this.#flow)),
		);
	}

	/** Tells what is held as if it never had been, but for what was let go: what comes next is something else. Once. */
	tell(): void {
		const held = this.#held();
		const latest = held.at(-1);
		const current = this.#current();
		this.#tellAll(held.slice(0, -1), 0);
		const frames = [...(latest?.frames() ?? []), ...(current?.frames() ?? [])];
		this.#end(held, current);
		for (const frame of frames) this.#listener.tell(frame);
	}

	/** Tells the latest: nothing comes next. Once. */
	finish(): void {
		if (this.isGoingOn) {
			this.tell();
			return;
		}
		const held = this.#held();
		if (held.length > 0) this.#countLatest();
		const more = Math.max(0, held.length - this.#basis.told);
		this.#count(more);
		this.#tellAll(held.slice(more), more);
		this.#end(held, undefined);
	}

	/** Complete ones in their order. */
	#held(): readonly HeldExchange[] {
		const { code } = this.#recogniser;
		const held: HeldExchange[] = [];
		let next = code.oldestOf(this.#flow);
		for (let left = code.heldOf(this.#flow); left > 0; left -= 1) {
			held.push(new HeldExchange(this.#recogniser, next));
			next = code.nextOf(next);
		}
		return held;
	}

	/** The one that is going on. */
	#current(): HeldExchange | undefined {
		const at = this.#recogniser.code.currentOf(this.#flow);
		return at === NO_ADDRESS ? undefined : new HeldExchange(this.#recogniser, at);
	}

	/** Nothing is held any more. */
	#end(held: readonly HeldExchange[], current: HeldExchange | undefined): void {
		const { code } = this.#recogniser;
		// Memory that is given back twice would be used for two things.
		if (this.#isOver) throw new Error('what was held of a phone was told twice');
		this.#isOver = true;
		this.#count(code.letGoOf(this.#flow));
		if (current !== undefined) code.leaveRoom(this.#template.at, current.at);
		// Where none is held it is the one that was told.
		if (held.length === 0) code.freeExchange(code.beforeOf(this.#flow));
		for (const exchange of held) exchange.free();
		if (this.#digests !== NO_ADDRESS) code.freeDigests(this.#digests);
		code.expect(this.#flow, NO_ADDRESS, NO_ADDRESS, NO_ADDRESS, 0);
	}

	/** Counts the messages of so many that are let go. */
	#count(exchanges: number): void {
		const { length, requests } = this.#template;
		this.#listener.count(exchanges * length, exchanges * requests);
	}

	/** Tells some of which so many more were let go than the recogniser knows of. */
	#tellAll(exchanges: readonly HeldExchange[], more: number): void {
		let letGo = this.#recogniser.code.letGoOf(this.#flow) + more;
		for (const exchange of exchanges) {
			const messages = exchange.frames().map((frame) => this.#listener.observe(frame));
			this.#basis.tell(
				messages.filter((observed) => observed !== undefined),
				letGo,
			);
			letGo = 0;
		}
	}
}
