/*
 * A TCP connection that begins with an HTTP request: SIP over WebSocket where it is upgraded (RFC 7118); or one that was
 * upgraded before the capture began.
 */
import { BudgetShare, type ByteBudget } from '../layers/byte-budget.js';
import { type HttpHead, readHttpHead } from '../layers/http-head.js';
import type { ConnectionFact, Side } from '../layers/tcp-connection.js';
import { OPCODE, type WebSocketFrame, WebSocketFrameReader } from '../layers/websocket-frames.js';
import { WebSocketMessages } from '../layers/websocket-messages.js';
import { parseDatagram } from '../sip/parse-message.js';
import { looksLikeSip } from '../sip/start-line.js';
import { connectionEventsOf, notCapturedEventsOf } from './connection-events.js';
import type { ConnectionEvent, WebSocketEvent } from './observed.js';
import { OriginTrail } from './origin-trail.js';
import { withPayload } from './packet-facts.js';
import { framesOf, latestOf, type PacketOrigin } from './packet-origin.js';
import { SipConnection } from './sip-connection.js';
import { otherSide, type TcpContext, type TcpEnds, type TcpSession } from './tcp-context.js';
import { webSocketClient } from './tcp-opening.js';

/** The head of what the capture has nothing of. */
const NOT_CAPTURED: HttpHead = { startLine: '', fields: new Map(), length: 0 };

interface Direction {
	/** Of the head, while it is not complete. */
	pending: Buffer;
	head: HttpHead | undefined;
	frames: WebSocketFrameReader;
	messages: WebSocketMessages;
	/** Of the bytes that all unfinished messages may hold together. */
	readonly share: BudgetShare;
	trail: OriginTrail;
	/** Bytes of the whole frames so far. */
	read: number;
	/** The packets of the message that is under way. */
	origins: PacketOrigin[];
	/** True where it is not known where a frame begins. */
	isLost: boolean;
}

/** More packets than this for one message are not named. */
const MAX_ORIGINS = 4096;

export class WebSocketSession implements TcpSession {
	readonly #ends: TcpEnds;
	readonly #context: TcpContext;
	readonly #directions: { readonly client: Direction; readonly server: Direction };
	readonly #registrations = new SipConnection();
	/** The first that was seen of it. */
	#begunAt: PacketOrigin | undefined;
	readonly #isJoined: boolean;
	/** True where the side that was taken for the server is the client. */
	readonly #isSwapped: boolean;
	/** True for an HTTP request that asks for no upgrade. */
	#isForeign = false;
	#status: number | undefined;
	#isClosed = false;
	/** Who sent the first close frame. */
	#closedBy: Side | undefined;

	/** `client` is given where the upgrade was before the capture: the side that is known for it by its frames. */
	constructor(ends: TcpEnds, context: TcpContext, client?: Side) {
		this.#ends = ends;
		this.#context = context;
		this.#isJoined = client !== undefined;
		this.#isSwapped = client === 'server';
		const { budget } = context;
		this.#directions = { client: newDirection(budget), server: newDirection(budget) };
		// The capture may have begun within a frame, on either side.
		if (client === undefined) return;
		this.#directions.client.isLost = true;
		this.#directions.server.isLost = true;
	}

	wants(from: Side, payload: Uint8Array): boolean {
		if (this.#isForeign) return false;
		return !this.#directions[from].isLost || webSocketClient(payload, from) !== undefined;
	}

	bytes(from: Side, chunk: Uint8Array, _position: number, origin: PacketOrigin): void {
		const direction = this.#directions[from];
		if (this.#isForeign || (direction.isLost && !findAgain(direction, chunk, from))) return;
		if (from === 'client' || this.#isJoined) this.#begunAt ??= origin;
		if (direction.head !== undefined) {
			this.#frames(from, chunk, origin);
			return;
		}
		direction.pending = Buffer.concat([direction.pending, chunk]);
		const head = readHttpHead(direction.pending);
		if (head === 'incomplete') return;
		const rest = direction.pending.subarray(head?.length ?? 0);
		direction.pending = Buffer.alloc(0);
		if (head === undefined) {
			this.#isForeign = true;
			return;
		}
		direction.head = head;
		const isUpgrade = from === 'client' ? isUpgradeRequest(head) : this.#response(head, origin);
		this.#isForeign = !isUpgrade;
		if (isUpgrade && rest.length > 0) this.#frames(from, rest, origin);
	}

	gap(from: Side, length: number, _position: number, origin: PacketOrigin): void {
		const direction = this.#directions[from];
		const begun = direction.frames.pendingBytes;
		// A frame of which only its end is missing is not read either.
		if (begun > 0)
			this.#unread([{ kind: 'not-captured', by: from, length: begun + length, origin }]);
		// A client that goes on was upgraded. A sender writes a frame at a time: the next segment most likely begins one.
		const isUpgraded = from === 'server' && this.#directions.client.head !== undefined;
		if (isUpgraded) direction.head ??= NOT_CAPTURED;
		else if (direction.head === undefined) direction.isLost = true;
		direction.frames = new WebSocketFrameReader();
		direction.trail = new OriginTrail();
		direction.read = 0;
	}

	copy(): void {
		// The frames of a second sighting are not joined: the first one is told whole.
	}

	end(facts: readonly ConnectionFact<PacketOrigin>[]): void {
		this.#release(this.#directions.client);
		this.#release(this.#directions.server);
		if (this.#isForeign || this.#begunAt === undefined) return;
		const ending = facts.find(({ kind }) => kind === 'reset' || kind === 'closed');
		if (ending !== undefined && 'origin' in ending) this.#closed(ending.origin, undefined);
		const events = connectionEventsOf(facts, this.#ends, {
			source: this.#context.source,
			transport: 'ws',
			isSwapped: this.#isSwapped,
			isNeededAt: (at) => this.#registrations.isNeededAt(at),
			isUnused: false,
		});
		for (const event of events) this.#context.event(this.#byCloser(event), this.#concerns());
		this.#unread(facts);
	}

	#unread(facts: readonly ConnectionFact<PacketOrigin>[]): void {
		for (const event of notCapturedEventsOf(facts, this.#ends, this.#context.source))
			this.#context.event(event, this.#concerns());
	}

	/** RFC 6455 §7.1.1: the server closes TCP first, whoever closed the WebSocket. */
	#byCloser(event: ConnectionEvent): ConnectionEvent {
		const by = this.#closedBy;
		if (by === undefined || event.outcome !== 'closed') return event;
		return { ...event, by: this.#isSwapped ? otherSide(by) : by };
	}

	/** False where the server refuses to upgrade. */
	#response(head: HttpHead, origin: PacketOrigin): boolean {
		const status = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(head.startLine)?.[1];
		this.#status = status === undefined ? undefined : Number(status);
		if (this.#status !== 101) {
			this.#tell('refused', origin, undefined);
			this.#isClosed = true;
			return false;
		}
		const extensions = head.fields.get('sec-websocket-extensions') ?? '';
		const { client, server } = this.#directions;
		client.messages = new WebSocketMessages(!extensions.includes('client_no_context_takeover'));
		server.messages = new WebSocketMessages(!extensions.includes('server_no_context_takeover'));
		this.#tell('established', origin, undefined);
		return true;
	}

	#frames(from: Side, chunk: Uint8Array, origin: PacketOrigin): void {
		const direction = this.#directions[from];
		direction.trail.add(chunk.length, origin);
		for (const frame of direction.frames.push(chunk)) this.#frame(from, frame, origin);
		const pending = direction.frames.pendingBytes + direction.messages.pendingBytes;
		const isTooMuch = !direction.share.hold(pending);
		if (!direction.frames.isLost && !isTooMuch) return;
		direction.isLost = true;
		this.#release(direction);
		const text = isTooMuch
			? 'unfinished messages of all connections exceed the bound'
			: 'bytes on a WebSocket connection are no frame';
		this.#context.oddity('websocket-broken', origin.frame, text);
	}

	/** Lets go of everything that is not finished. */
	#release(direction: Direction): void {
		direction.pending = Buffer.alloc(0);
		direction.frames = new WebSocketFrameReader();
		direction.messages = new WebSocketMessages(false);
		direction.trail = new OriginTrail();
		direction.origins = [];
		direction.share.hold(0);
	}

	#frame(from: Side, frame: WebSocketFrame, origin: PacketOrigin): void {
		const direction = this.#directions[from];
		const isData = frame.opcode <= OPCODE.binary;
		const start = direction.read;
		direction.read += frame.length;
		if (frame.opcode !== OPCODE.continuation && isData) direction.origins = [];
		if (isData && direction.origins.length < MAX_ORIGINS) {
			direction.origins.push(...direction.trail.between(start, direction.read));
		}
		direction.trail.forget(direction.read);
		if (frame.opcode === OPCODE.close) {
			const [high, low] = frame.payload;
			const code = high === undefined || low === undefined ? undefined : (high << 8) | low;
			this.#closedBy ??= from;
			this.#closed(origin, code);
		}
		const { lost } = direction.messages;
		const message = direction.messages.push(frame);
		if (direction.messages.lost > lost) {
			const text =
				'a WebSocket message is too large, or compressed with what is not in the capture';
			this.#context.oddity('websocket-message-lost', origin.frame, text);
			const fact = { kind: 'not-captured', by: from, length: frame.length, origin } as const;
			this.#unread([fact]);
		}
		if (!isData || !frame.final) return;
		if (message !== undefined) this.#message(from, message, direction.origins);
		direction.origins = [];
	}

	#message(from: Side, bytes: Uint8Array, origins: readonly PacketOrigin[]): void {
		const last = latestOf(origins);
		if (last === undefined || !looksLikeSip(bytes)) return;
		const parsed = parseDatagram(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length));
		if (!parsed.ok) return;
		const message = parsed.value;
		const { client, server } = this.#ends;
		this.#registrations.message(message, last.at);
		this.#context.message({
			message,
			at: last.at,
			src: from === 'client' ? client : server,
			dst: from === 'client' ? server : client,
			transport: 'ws',
			source: this.#context.source,
			frame: last.frame,
			frames: framesOf(origins),
			cut: false,
			packet: withPayload(last.packet, bytes.length),
		});
	}

	/** Once: by the first close frame, else by the end of the connection. */
	#closed(origin: PacketOrigin, closeCode: number | undefined): void {
		if (this.#isClosed) return;
		this.#isClosed = true;
		this.#tell('closed', origin, closeCode);
	}

	#tell(
		outcome: WebSocketEvent['outcome'],
		{ at, frame }: PacketOrigin,
		closeCode: number | undefined,
	): void {
		const { client, server } = this.#directions;
		const event: WebSocketEvent = {
			kind: 'websocket',
			at,
			source: this.#context.source,
			frame,
			src: this.#isSwapped ? this.#ends.server : this.#ends.client,
			dst: this.#isSwapped ? this.#ends.client : this.#ends.server,
			transport: 'ws',
			outcome,
			status: this.#status,
			path: (client.head?.startLine.split(' ')[1] ?? '').slice(0, 256),
			protocol: server.head?.fields.get('sec-websocket-protocol')?.slice(0, 64),
			closeCode,
		};
		this.#context.event(event, this.#concerns());
	}

	/** Undefined where the client asked for SIP by name (RFC 7118 §4.1): then nobody need wait to know. */
	#concerns(): TcpEnds['server'] | undefined {
		const offered = this.#directions.client.head?.fields.get('sec-websocket-protocol') ?? '';
		const isSip = offered.toLowerCase().split(/[ ,]+/).includes('sip');
		return isSip ? undefined : this.#ends.server;
	}
}

function isUpgradeRequest({ fields }: HttpHead): boolean {
	const upgrade = fields.get('upgrade')?.toLowerCase() ?? '';
	return upgrade.split(/[ ,]+/).includes('websocket');
}

/** False unless a frame with SIP begins here, from which everything can be read again. */
function findAgain(direction: Direction, chunk: Uint8Array, from: Side): boolean {
	if (webSocketClient(chunk, from) === undefined) return false;
	direction.head ??= NOT_CAPTURED;
	direction.frames = new WebSocketFrameReader();
	direction.trail = new OriginTrail();
	direction.read = 0;
	direction.origins = [];
	direction.isLost = false;
	return true;
}

function newDirection(budget: ByteBudget): Direction {
	return {
		pending: Buffer.alloc(0),
		head: undefined,
		frames: new WebSocketFrameReader(),
		messages: new WebSocketMessages(true),
		share: new BudgetShare(budget),
		trail: new OriginTrail(),
		read: 0,
		origins: [],
		isLost: false,
	};
}
