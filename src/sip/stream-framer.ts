/*
 * A byte stream → SIP messages (RFC 3261 §18.3: framed by Content-Length, §7.5: CRLF between messages is nothing).
 * What is found never depends on how the stream was cut into chunks.
 */
import type { Parsed } from '../bytes/malformed.js';
import { type Head, readHead } from './header-section.js';
import type { SipMessage } from './message.js';
import { buildMessage, contentLength, latin1, notSip } from './parse-message.js';
import { isStartLine, MAX_START_LINE } from './start-line.js';

const MAX_HEAD = 65_536;
const MAX_BODY = 262_144;
const CR = 0x0d;
const LF = 0x0a;

/**
 * One direction of one connection. Bytes that are no SIP, and a message that breaks off, each give one failure; reading
 * goes on at the next start-line. Holds at most one message, 64 KiB of header fields and 256 KiB of body.
 */
export class StreamFramer {
	/** Grows with the first bytes: thousands of connections never carry any. */
	#buffer = new Uint8Array(0);
	#start = 0;
	#end = 0;
	/** Start of the first line of the head that was not looked at yet, relative to `#start`. */
	#nextLine = 0;
	/** A head that waits for its body. */
	#head: { readonly head: Head; readonly bodyLength: number } | undefined;
	/** True in the midst of bytes that are no SIP: they were reported once. */
	#lost = false;

	/** Bytes taken in and not yet given out as a message. */
	get pendingBytes(): number {
		return this.#end - this.#start;
	}

	/** Takes the next bytes of the stream and gives the messages that are complete by now. */
	push(chunk: Uint8Array): readonly Parsed<SipMessage>[] {
		const out: Parsed<SipMessage>[] = [];
		// In portions, so that the buffer is bounded however large the chunk.
		for (let at = 0; at < chunk.length; at += MAX_HEAD) {
			this.#append(chunk.subarray(at, at + MAX_HEAD));
			while (this.#advance(out));
		}
		return out;
	}

	/** One step: true while there may be more to do with what is there. */
	#advance(out: Parsed<SipMessage>[]): boolean {
		if (this.#head !== undefined) return this.#finish(this.#head, out);
		if (this.#nextLine > 0) return this.#scanHead(out);
		return this.#findStartLine(out);
	}

	#findStartLine(out: Parsed<SipMessage>[]): boolean {
		while (this.#start < this.#end && isLineEnd(this.#buffer[this.#start])) this.#start += 1;
		const feed = this.#lineFeed(0, MAX_START_LINE);
		if (feed === undefined) {
			if (this.pendingBytes < MAX_START_LINE) return false;
			this.#lose(MAX_START_LINE, out);
			return true;
		}
		if (isStartLine(this.#buffer, this.#start, this.#textEnd(0, feed))) {
			this.#lost = false;
			this.#nextLine = feed + 1;
		} else {
			this.#lose(feed + 1, out);
		}
		return true;
	}

	/** Looks at the next line of the head: empty ends it, a start-line says that the message broke off. */
	#scanHead(out: Parsed<SipMessage>[]): boolean {
		const feed = this.#lineFeed(this.#nextLine, MAX_HEAD);
		if (feed === undefined) {
			if (this.pendingBytes < MAX_HEAD) return false;
			this.#lose(this.#nextLine, out);
			return true;
		}
		const end = this.#textEnd(this.#nextLine, feed);
		if (end === this.#start + this.#nextLine) {
			this.#readHead(feed + 1, out);
		} else if (isStartLine(this.#buffer, this.#start + this.#nextLine, end)) {
			this.#lose(this.#nextLine, out);
		} else {
			this.#nextLine = feed + 1;
		}
		return true;
	}

	#readHead(length: number, out: Parsed<SipMessage>[]): void {
		const head = readHead(latin1(this.#buffer.subarray(this.#start, this.#start + length)));
		if (head === undefined) {
			this.#lose(length, out);
			return;
		}
		const declared = contentLength(head);
		const bodyLength = declared === undefined || declared > MAX_BODY ? 0 : declared;
		if (!head.headers.some((field) => field.id === 'content-length')) {
			addDefect(head, '', 'a Content-Length, as the transport is a stream');
		} else if (declared !== undefined && declared > MAX_BODY) {
			addDefect(head, String(declared), `at most ${MAX_BODY}`);
		}
		this.#head = { head, bodyLength };
	}

	#finish(
		{ head, bodyLength }: { head: Head; bodyLength: number },
		out: Parsed<SipMessage>[],
	): boolean {
		const length = head.bodyStart + bodyLength;
		if (this.pendingBytes < length) return false;
		const bytes = this.#buffer.subarray(this.#start, this.#start + length);
		out.push({ ok: true, value: buildMessage(bytes, head, bodyLength) });
		this.#consume(length);
		return true;
	}

	/** Drops bytes that are no message; a run of them is reported once. */
	#lose(length: number, out: Parsed<SipMessage>[]): void {
		if (!this.#lost) {
			const text = latin1(this.#buffer.subarray(this.#start, this.#start + Math.min(length, 256)));
			out.push(this.#nextLine > 0 ? brokenOff(this.#nextLine) : notSip(text));
		}
		this.#lost = true;
		this.#consume(length);
	}

	#consume(length: number): void {
		this.#start += length;
		this.#nextLine = 0;
		this.#head = undefined;
	}

	/** Offset from `#start` of the first line feed at or behind `from`, at most `limit` bytes in. */
	#lineFeed(from: number, limit: number): number | undefined {
		const end = Math.min(this.#end, this.#start + limit);
		const at = this.#buffer.subarray(0, end).indexOf(LF, this.#start + from);
		return at < 0 ? undefined : at - this.#start;
	}

	/** Absolute end of the text of the line `[from, feed)`, without CR. */
	#textEnd(from: number, feed: number): number {
		const end = this.#start + feed;
		return feed > from && this.#buffer[end - 1] === CR ? end - 1 : end;
	}

	#append(bytes: Uint8Array): void {
		const pending = this.pendingBytes;
		if (this.#end + bytes.length > this.#buffer.length) {
			const needed = pending + bytes.length;
			const roomy = needed > this.#buffer.length ? new Uint8Array(needed * 2) : this.#buffer;
			roomy.set(this.#buffer.subarray(this.#start, this.#end));
			this.#buffer = roomy;
			this.#start = 0;
			this.#end = pending;
		}
		this.#buffer.set(bytes, this.#end);
		this.#end += bytes.length;
	}
}

function isLineEnd(byte: number | undefined): boolean {
	return byte === CR || byte === LF;
}

function addDefect(head: Head, value: string, expected: string): void {
	const problem = { kind: 'bad-field', field: 'Content-Length', value, expected } as const;
	head.defects.push({ layer: 'sip', offset: head.bodyStart, problem });
}

function brokenOff(offset: number): Parsed<never> {
	const field = 'end of the header fields';
	const problem = { kind: 'bad-field', field, value: '', expected: 'an empty line' } as const;
	return { ok: false, malformed: { layer: 'sip', offset, problem } };
}
