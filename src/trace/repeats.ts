/* The exchanges of one phone that are alike: held as frames, counted, and the latest of them told. */
import type { Frame } from '../capture/frame.js';
import type { RawFrame } from '../capture/frame-reader.js';
import type { ExchangeTemplate } from './exchange-template.js';
import { HeldExchange, type PayloadPlace } from './held-exchange.js';
import type { Observed } from './observed.js';
import type { Repeatable } from './repeatable.js';

/** Exchanges that are going on at one time; of more each is told. */
const MAX_GOING_ON = 1_024;

/** What is held is told to. */
export interface FrameListener {
	/** Tells a frame like any other. */
	tell(frame: Frame): void;
	/** What is observed in a frame, told to nobody. */
	observe(frame: Frame): Observed | undefined;
	/** Counts the messages of an exchange that was let go. */
	count(messages: number, requests: number): void;
}

/** Room for the exchanges that are going on; that of one that is let go is used again for others of its form. */
export class ExchangeRooms {
	readonly #forms = new WeakMap<ExchangeTemplate, FormRooms>();
	readonly #goingOn = { count: 0 };

	/** Room for exchanges of this form. */
	of(template: ExchangeTemplate): FormRooms {
		const known = this.#forms.get(template);
		if (known !== undefined) return known;
		const rooms = new FormRooms(template, this.#goingOn);
		this.#forms.set(template, rooms);
		return rooms;
	}
}

class FormRooms {
	readonly #template: ExchangeTemplate;
	/** Of all forms. */
	readonly #goingOn: { count: number };
	readonly #free: HeldExchange[] = [];

	constructor(template: ExchangeTemplate, goingOn: { count: number }) {
		this.#template = template;
		this.#goingOn = goingOn;
	}

	/** For an exchange of about this size; undefined where too many are going on. */
	take(size: number): HeldExchange | undefined {
		if (this.#goingOn.count >= MAX_GOING_ON) return undefined;
		this.#goingOn.count += 1;
		const free = this.#free.pop();
		if (free?.isRoomFor(size)) return free;
		return new HeldExchange(size, this.#template.length, this.#template.values);
	}

	/** What is going on is over: what it was held in is kept, or free. */
	leave(free: HeldExchange | undefined): void {
		this.#goingOn.count -= 1;
		if (free === undefined) return;
		free.clear();
		if (this.#free.length < MAX_GOING_ON) this.#free.push(free);
	}
}

export class Repeats {
	readonly #basis: Repeatable;
	readonly #template: ExchangeTemplate;
	readonly #rooms: FormRooms;
	readonly #listener: FrameListener;
	/** Complete ones in their order; all but the last are counted. */
	readonly #held: HeldExchange[] = [];
	/** The one before the one that is going on: held, or the one that was told at first. */
	#before: HeldExchange;
	#current: HeldExchange | undefined;
	/** Those that were let go since one was told. */
	#letGo = 0;

	/** `like`: the exchange that was told, and that others are like. */
	constructor(
		basis: Repeatable,
		like: { readonly template: ExchangeTemplate; readonly exchange: HeldExchange },
		rooms: ExchangeRooms,
		listener: FrameListener,
	) {
		this.#basis = basis;
		this.#template = like.template;
		this.#before = like.exchange;
		this.#rooms = rooms.of(like.template);
		this.#listener = listener;
	}

	/** An exchange has begun and is not over. */
	get isGoingOn(): boolean {
		return this.#current !== undefined;
	}

	/** Whether one that begins so many ms after the one before may be alike. */
	follows(pauseMs: number): boolean {
		return this.#basis.follows(pauseMs);
	}

	/** Holds the next message; false where it is not what comes next in an exchange that is alike. */
	hold(frame: RawFrame, place: PayloadPlace): boolean {
		const current = this.#current ?? this.#rooms.take(this.#before.used);
		if (current === undefined) return false;
		this.#current = current;
		if (!this.#template.take(frame, place, current, this.#before, this.#basis.verifies)) {
			if (current.count === 0) this.#leave();
			return false;
		}
		if (current.count === this.#template.length) this.#complete(current);
		return true;
	}

	/** Tells what is held as if it never had been, but for what was let go: what comes next is something else. */
	tell(): void {
		const latest = this.#held.pop();
		for (const exchange of this.#held) this.#tellOne(exchange);
		const begun = this.#current?.frames() ?? [];
		this.#leave();
		for (const frame of [...(latest?.frames() ?? []), ...begun]) this.#listener.tell(frame);
	}

	/** Tells the latest: nothing comes next. */
	finish(): void {
		if (this.#current !== undefined) {
			this.tell();
			return;
		}
		const { told } = this.#basis;
		if (this.#held.length > 0) this.#basis.again(this.#before);
		for (const [index, exchange] of this.#held.entries()) {
			if (index < this.#held.length - told) this.#drop();
			else this.#tellOne(exchange);
		}
	}

	#complete(current: HeldExchange): void {
		// Now, as what was looked at last is near; where the latest is told after all, it is counted with all others.
		if (this.#held.length > 0) this.#basis.again(this.#before);
		const replaced = this.#replaced();
		this.#held.push(current);
		this.#before = current;
		this.#current = undefined;
		this.#rooms.leave(replaced);
	}

	/** What is let go for one more. */
	#replaced(): HeldExchange | undefined {
		if (this.#held.length === 0) return this.#before;
		// The one before the latest is needed where the latest turns out to be followed by something else.
		if (this.#held.length < Math.max(2, this.#basis.told)) return undefined;
		this.#drop();
		return this.#held.shift();
	}

	#leave(): void {
		if (this.#current !== undefined) this.#rooms.leave(this.#current);
		this.#current = undefined;
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
