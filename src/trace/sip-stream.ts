/*
 * One direction of a TCP connection → SIP messages with the frames that carried them. Framing is StreamFramer's; this
 * knows where each byte came from, and what is left of a message when bytes are missing.
 */
import type { ByteBudget } from '../layers/byte-budget.js';
import type { SipMessage } from '../sip/message.js';
import { parseCutDatagram, parseDatagram } from '../sip/parse-message.js';
import { looksLikeSip } from '../sip/start-line.js';
import { StreamFramer } from '../sip/stream-framer.js';
import { framesOf, latestOf, type PacketOrigin } from './packet-origin.js';

export interface StreamMessage {
	readonly message: SipMessage;
	/** Position in the stream of the byte behind the message. */
	readonly end: number;
	/** The packet with the message's last byte in the order of the capture. */
	readonly last: PacketOrigin;
	readonly frames: readonly number[];
	/** True where the rest of it is not in the capture. */
	readonly cut: boolean;
}

interface Held {
	readonly bytes: Uint8Array;
	readonly origin: PacketOrigin;
}

/**
 * Behind missing bytes the first line may be the end of one: `EGISTER sip:a SIP/2.0` reads like a request of a method
 * that nobody knows. There only the methods of the IANA registry count.
 */
const METHODS: ReadonlySet<string> = new Set([
	...['ACK', 'BYE', 'CANCEL', 'INFO', 'INVITE', 'MESSAGE', 'NOTIFY', 'OPTIONS', 'PRACK'],
	...['PUBLISH', 'REFER', 'REGISTER', 'SUBSCRIBE', 'UPDATE'],
]);

/** What a held packet costs besides its bytes, about. */
const OVERHEAD = 512;

export class SipStream {
	readonly #budget: ByteBudget;
	/** Made when there is something to read: most connections are silent most of the time. */
	#framer: StreamFramer | undefined;
	/** The packets of the bytes that are taken in and not yet given out. */
	#held: Held[] = [];
	#taken = 0;
	/** Position behind the last byte taken in. */
	#position = 0;
	/** Position behind the bytes that were missing last, or of the first byte seen of an older connection. */
	#resumedAt: number | undefined;
	#isBroken = false;
	/** Runs of bytes that were no SIP. */
	foreignRuns = 0;
	/** How often something begun was let go, as all streams together held too much. */
	overflows = 0;

	constructor(budget: ByteBudget, isFromStart: boolean) {
		this.#budget = budget;
		this.#resumedAt = isFromStart ? undefined : 0;
	}

	/** Takes the next bytes and gives the messages that are complete by now. */
	push(chunk: Uint8Array, position: number, origin: PacketOrigin): readonly StreamMessage[] {
		if (this.#isBroken) this.#resumedAt = position;
		this.#isBroken = false;
		if (this.#framer === undefined && this.#resumedAt !== position) {
			const message = wholeMessage(chunk);
			const end = position + chunk.length;
			this.#position = message === undefined ? this.#position : end;
			if (message !== undefined)
				return [{ message, end, last: origin, frames: origin.frames, cut: false }];
		}
		this.#framer ??= new StreamFramer();
		const parsed = this.#framer.push(chunk);
		const messages = parsed.flatMap((one) => (one.ok ? [one.value] : []));
		this.foreignRuns += parsed.length - messages.length;
		this.#position = position + chunk.length;
		const found = messages.length === 0 ? [] : this.#placed(messages, chunk, origin);
		this.#hold(chunk, origin, this.#framer.pendingBytes);
		return found;
	}

	/** The stream lacks bytes here: what was begun is given as it is, and reading goes on at the next start-line. */
	break(): readonly StreamMessage[] {
		const held = this.#held;
		const resumed = this.#resumedAt === this.#position - this.#taken;
		this.#isBroken = true;
		const bytes = Buffer.concat(held.map((one) => one.bytes));
		this.#release();
		// A start-line alone may be anything; one header field behind it is a message.
		if (!looksLikeSip(bytes) || bytes.indexOf('\n') === bytes.lastIndexOf('\n')) return [];
		const parsed = parseCutDatagram(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
		if (!parsed.ok || (resumed && !isCertain(parsed.value))) return [];
		const origins = held.map(({ origin }) => origin);
		const last = latestOf(origins);
		if (last === undefined) return [];
		const frames = framesOf(origins);
		return [{ message: parsed.value, end: this.#position, last, frames, cut: true }];
	}

	/** Lets go of everything that was begun. */
	#release(): void {
		this.#budget.give(this.#taken + this.#held.length * OVERHEAD);
		this.#taken = 0;
		this.#held = [];
		this.#framer = undefined;
	}

	/** Finds the messages again in the bytes that they were made of, in order. */
	#placed(
		messages: readonly SipMessage[],
		chunk: Uint8Array,
		origin: PacketOrigin,
	): readonly StreamMessage[] {
		const pieces = [...this.#held, { bytes: chunk, origin }];
		const all =
			this.#held.length === 0
				? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length)
				: Buffer.concat(pieces.map(({ bytes }) => bytes));
		const start = this.#position - all.length;
		let from = 0;
		return messages.flatMap((message) => {
			const at = all.indexOf(message.bytes, from);
			if (at < 0) return [];
			from = at + message.bytes.length;
			if (start + at === this.#resumedAt && !isCertain(message)) return [];
			const origins = originsBetween(pieces, at, from);
			const last = latestOf(origins) ?? origin;
			return [{ message, end: start + from, last, frames: framesOf(origins), cut: false }];
		});
	}

	/** Keeps the last `pending` bytes of what is held and of the chunk. */
	#hold(chunk: Uint8Array, origin: PacketOrigin, pending: number): void {
		if (pending === 0) {
			this.#release();
			return;
		}
		const fromChunk = Math.min(pending, chunk.length);
		let surplus = this.#taken + fromChunk - pending;
		while (surplus > 0) {
			const first = this.#held.shift();
			if (first === undefined) break;
			const rest = first.bytes.subarray(surplus);
			const gone = first.bytes.length - rest.length;
			if (rest.length > 0) this.#held.unshift({ bytes: rest, origin: first.origin });
			else this.#budget.give(OVERHEAD);
			surplus -= gone;
			this.#taken -= gone;
			this.#budget.give(gone);
		}
		if (!this.#budget.take(fromChunk + OVERHEAD)) {
			this.overflows += 1;
			this.#release();
			return;
		}
		this.#taken += fromChunk;
		this.#held.push({ bytes: Uint8Array.from(chunk.subarray(chunk.length - fromChunk)), origin });
	}
}

/**
 * The message that a chunk is, no more and no less, as nearly every segment with SIP is: then there is nothing to frame.
 * Undefined also where the message has any defect: a datagram and a stream forgive different things.
 */
function wholeMessage(chunk: Uint8Array): SipMessage | undefined {
	if (!looksLikeSip(chunk)) return undefined;
	const parsed = parseDatagram(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length));
	if (!parsed.ok || parsed.value.defects.length > 0) return undefined;
	const { value } = parsed;
	const isFramed = value.headers.some(({ id }) => id === 'content-length');
	return isFramed && value.bytes.length === chunk.length ? value : undefined;
}

/** False where the message may begin in the midst of its first line. */
function isCertain(message: SipMessage): boolean {
	return message.kind === 'response' || METHODS.has(message.method);
}

function originsBetween(pieces: readonly Held[], start: number, end: number): PacketOrigin[] {
	const origins: PacketOrigin[] = [];
	let at = 0;
	for (const { bytes, origin } of pieces) {
		if (at < end && at + bytes.length > start) origins.push(origin);
		at += bytes.length;
	}
	return origins;
}
