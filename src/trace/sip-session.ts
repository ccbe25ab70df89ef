/*
 * A TCP connection that carries SIP, or text that may turn into it. SIP is known by its start-line, so both directions
 * are looked through for a while before they are taken for something else.
 */
import type { ConnectionFact, Side } from '../layers/tcp-connection.js';
import { looksLikeSip } from '../sip/start-line.js';
import { connectionEventsOf, notCapturedEventsOf } from './connection-events.js';
import { tellEncrypted } from './encrypted-connection.js';
import type { Observed } from './observed.js';
import { withPayload } from './packet-facts.js';
import type { PacketOrigin } from './packet-origin.js';
import { foreignText, MAX_FOREIGN_TEXT, payloadKind } from './payload-kind.js';
import { SipConnection } from './sip-connection.js';
import { SipStream, type StreamMessage } from './sip-stream.js';
import type { TcpContext, TcpEnds, TcpSession } from './tcp-context.js';

/** Bytes without a message after which a direction is taken for something else. */
const SCAN_BYTES = 65_536;
/** The same where there were messages: larger than any that the framer takes. */
const SILENT_BYTES = 1_048_576;

const MAX_COPIES = 16;

interface Copy {
	readonly start: number;
	readonly end: number;
	readonly origin: PacketOrigin;
}

interface Direction {
	readonly stream: SipStream;
	hasSip: boolean;
	/** True once it is taken for something else. */
	isForeign: boolean;
	scanned: number;
	/** The first bytes that are no line ends, as long as they may be no SIP. */
	opening: { text: Buffer; readonly origin: PacketOrigin } | undefined;
	copies: readonly Copy[];
}

export class SipSession implements TcpSession {
	readonly #ends: TcpEnds;
	readonly #context: TcpContext;
	readonly #directions: { readonly client: Direction; readonly server: Direction };
	readonly #registrations = new SipConnection();
	#isSwapped = false;

	constructor(ends: TcpEnds, context: TcpContext) {
		this.#ends = ends;
		this.#context = context;
		this.#directions = { client: directionOf(ends, context), server: directionOf(ends, context) };
	}

	wants(from: Side, payload: Uint8Array): boolean {
		const direction = this.#directions[from];
		if (!direction.isForeign) return true;
		if (!looksLikeSip(payload)) return false;
		direction.isForeign = false;
		direction.scanned = 0;
		return true;
	}

	bytes(from: Side, chunk: Uint8Array, position: number, origin: PacketOrigin): void {
		const direction = this.#directions[from];
		if (!direction.hasSip) keepOpening(direction, chunk, position, origin);
		const { foreignRuns, overflows } = direction.stream;
		const messages = direction.stream.push(chunk, position, origin);
		this.#deliver(from, messages);
		this.#odd(direction, foreignRuns, overflows, origin);
		direction.scanned = messages.length > 0 ? 0 : direction.scanned + chunk.length;
		if (direction.scanned > (direction.hasSip ? SILENT_BYTES : SCAN_BYTES)) {
			direction.isForeign = true;
			direction.stream.break();
		}
	}

	gap(from: Side, length: number, _position: number, origin: PacketOrigin): void {
		const direction = this.#directions[from];
		this.#deliver(from, direction.stream.break());
		if (!direction.hasSip) return;
		const text = `${length} bytes of a connection with SIP are not in the capture`;
		this.#context.oddity('tcp-gap', origin.frame, text);
	}

	copy(from: Side, length: number, position: number, origin: PacketOrigin): void {
		const direction = this.#directions[from];
		const recent = this.#context.recent.of(direction, origin.at);
		const copy = { start: position, end: position + length, origin };
		direction.copies = [...direction.copies.slice(1 - MAX_COPIES), copy];
		for (const { end, observed } of recent) {
			if (copy.start >= end || copy.end < end) continue;
			const start = end - observed.message.bytes.length;
			const frames = direction.copies
				.filter((one) => one.start < end && one.end > start)
				.flatMap((one) => one.origin.frames);
			direction.copies = direction.copies.filter((one) => one.end > end);
			this.#context.copy({ ...observed, at: origin.at, frame: origin.frame, frames });
		}
	}

	end(facts: readonly ConnectionFact<PacketOrigin>[]): void {
		const { client, server } = this.#directions;
		this.#deliver('client', client.stream.break());
		this.#deliver('server', server.stream.break());
		this.#foreignAnswer();
		this.#encrypted();
		const events = connectionEventsOf(facts, this.#ends, {
			source: this.#context.source,
			transport: 'tcp',
			isSwapped: this.#isSwapped,
			isNeededAt: (at) => this.#registrations.isNeededAt(at),
			isUnused: this.#isUnused(),
		});
		const concerns = this.hasSip ? undefined : this.#ends.server;
		for (const event of events) this.#context.event(event, concerns);
		if (!this.hasSip) return;
		for (const event of notCapturedEventsOf(facts, this.#ends, this.#context.source))
			this.#context.event(event);
	}

	/** Keep-alives are no use, and of a connection that was there before the capture nobody knows. */
	#isUnused(): boolean {
		const { client, server } = this.#directions;
		const isSilent = client.opening === undefined && server.opening === undefined;
		return this.#ends.isFromStart && isSilent && !this.hasSip;
	}

	/** True once there was a message in it. */
	get hasSip(): boolean {
		return this.#directions.client.hasSip || this.#directions.server.hasSip;
	}

	#deliver(from: Side, messages: readonly StreamMessage[]): void {
		const direction = this.#directions[from];
		const { client, server, isFromStart } = this.#ends;
		for (const { message, end, last, frames, cut } of messages) {
			direction.hasSip = true;
			direction.opening = undefined;
			const isRegister = message.kind === 'request' && message.method === 'REGISTER';
			if (isRegister && from === 'server' && !isFromStart) this.#isSwapped = true;
			this.#registrations.message(message, last.at);
			const observed: Observed = {
				message,
				at: last.at,
				src: from === 'client' ? client : server,
				dst: from === 'client' ? server : client,
				transport: 'tcp',
				source: this.#context.source,
				frame: last.frame,
				frames,
				cut,
				packet: withPayload(last.packet, message.bytes.length),
			};
			if (!cut) this.#context.recent.add({ stream: direction, end, observed });
			this.#context.message(observed);
		}
	}

	/** The server's first bytes are no SIP, and SIP is what it was asked in. */
	#foreignAnswer(): void {
		const { client, server } = this.#directions;
		if (!client.hasSip || server.hasSip || server.opening === undefined) return;
		const { text, origin } = server.opening;
		const looksLike = payloadKind(text);
		// Without its start this may be the middle of a SIP message, unless it looks like something else.
		if (!this.#ends.isFromStart && looksLike === undefined) return;
		this.#context.event({
			kind: 'foreign-answer',
			at: origin.at,
			source: this.#context.source,
			frame: origin.frame,
			transport: 'tcp',
			src: this.#ends.server,
			dst: this.#ends.client,
			text: foreignText(text),
			looksLike,
		});
	}

	/** Of TLS that was up before the capture began there is data alone. */
	#encrypted(): void {
		const { client, server } = this.#directions;
		const opening = client.opening ?? server.opening;
		if (this.hasSip || opening === undefined || payloadKind(opening.text) !== 'tls') return;
		tellEncrypted(this.#context, { ...this.#ends, origin: opening.origin });
	}

	#odd(
		direction: Direction,
		foreignRuns: number,
		overflows: number,
		{ frame }: PacketOrigin,
	): void {
		if (direction.hasSip && direction.stream.foreignRuns > foreignRuns) {
			const text = 'bytes between SIP messages are none; reading went on at the next start-line';
			this.#context.oddity('sip-stream-broken', frame, text);
		}
		if (direction.stream.overflows > overflows) {
			const text = 'unfinished messages of all connections exceed the bound; one was let go';
			this.#context.oddity('tcp-buffers-full', frame, text);
		}
	}
}

function directionOf({ isFromStart }: TcpEnds, { budget }: TcpContext): Direction {
	return {
		stream: new SipStream(budget, isFromStart),
		hasSip: false,
		isForeign: false,
		scanned: 0,
		opening: undefined,
		copies: [],
	};
}

/** The first bytes of a direction, without the line ends of a keep-alive before them. */
function keepOpening(
	direction: Direction,
	chunk: Uint8Array,
	position: number,
	origin: PacketOrigin,
): void {
	const { opening } = direction;
	if (opening !== undefined) {
		if (opening.text.length < MAX_FOREIGN_TEXT) {
			const more = chunk.subarray(0, MAX_FOREIGN_TEXT - opening.text.length);
			opening.text = Buffer.concat([opening.text, more]);
		}
		return;
	}
	if (position > SCAN_BYTES) return;
	const start = chunk.findIndex((byte) => byte !== 0x0d && byte !== 0x0a);
	if (start === -1) return;
	const text = Buffer.from(chunk.subarray(start, start + MAX_FOREIGN_TEXT));
	direction.opening = { text, origin };
}
