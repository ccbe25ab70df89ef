/* The frames of one exchange, copied out of the capture, with where their messages and fresh values lie. */
import type { Frame } from '../capture/frame.js';
import type { Instant } from '../time/instant.js';
import type { ToldFrame } from './exchange-template.js';
import type { PlacedValues } from './placed-values.js';
import type { Address, Recogniser } from './recogniser.js';
import type { MessageTimes } from './repeatable.js';

/** A challenge with provisional answers is six messages; longer exchanges are told. As in assembly/layout.ts. */
export const MAX_MESSAGES = 8;

/** As in assembly/exchange.ts. */
export const MAX_FRAME_BYTES = 2_048;

/** A message has some six of them. */
export const MAX_VALUES = 128;

/** It lies in the memory of a recogniser until it is freed. */
export class HeldExchange implements PlacedValues, MessageTimes {
	/** Where it lies. */
	readonly at: Address;
	readonly #recogniser: Recogniser;

	/** The one at an address. */
	constructor(recogniser: Recogniser, at: Address) {
		this.#recogniser = recogniser;
		this.at = at;
	}

	/** One for as many messages and values, in frames of about `size` bytes altogether. */
	static make(
		recogniser: Recogniser,
		size: number,
		messages: number,
		values: number,
	): HeldExchange {
		return new HeldExchange(recogniser, recogniser.code.newExchange(size, messages, values));
	}

	/** It is not to be used any more. */
	free(): void {
		this.#recogniser.code.freeExchange(this.at);
	}

	/** Messages held. */
	get count(): number {
		return this.#recogniser.code.countOf(this.at);
	}

	/** Adds a message that was told; false where it is too long, or where there is no room. */
	add({ copy }: ToldFrame): boolean {
		return this.#recogniser.code.addCopy(this.at, copy) !== 0;
	}

	/** All bytes of the memory that it lies in. */
	get bytes(): Uint8Array {
		return this.#recogniser.bytes;
	}

	setValue(value: number, start: number, end: number): void {
		this.#recogniser.code.setValue(this.at, value, start, end);
	}

	startOf(value: number): number {
		return this.#recogniser.code.startOf(this.at, value);
	}

	endOf(value: number): number {
		return this.#recogniser.code.endOf(this.at, value);
	}

	/** Offset of a message in the bytes. */
	payload(message: number): number {
		return this.#recogniser.code.messageStartOf(this.at, message);
	}

	/** When a message was seen. */
	timeOf(message: number): Instant {
		return this.#recogniser.code.timeOf(this.at, message);
	}

	/** Wireshark's number of the frame of the last message. */
	get lastFrame(): number {
		return this.#frameOf(this.count - 1);
	}

	#frameOf(message: number): number {
		return this.#recogniser.code.frameNumberOf(this.at, message);
	}

	/** The frames as the capture's reader would have given them; copies. */
	frames(): readonly Frame[] {
		const { code, bytes: memory } = this.#recogniser;
		const frames: Frame[] = [];
		const { count } = this;
		for (let message = 0; message < count; message += 1) {
			const bytes = memory.slice(
				code.frameStartOf(this.at, message),
				code.frameEndOf(this.at, message),
			);
			frames.push({
				number: this.#frameOf(message),
				at: this.timeOf(message),
				linkType: code.linkTypeOf(this.at, message),
				interfaceId: code.interfaceOf(this.at, message),
				bytes,
				originalLength: bytes.length,
				direction: undefined,
				comments: [],
			});
		}
		return frames;
	}
}
