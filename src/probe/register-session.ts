/*
 * One REGISTER after the other to one server: same Call-ID and From tag, CSeq + 1, a new branch each, credentials as
 * challenged, 423 followed once. Knows what was sent and received; what to ask for is decided above.
 */
import { isIP } from 'node:net';
import type { Parsed } from '../bytes/malformed.js';
import type { Endpoint } from '../net/endpoint.js';
import type { SipMessage, SipRequest, SipResponse } from '../sip/message.js';
import { parseDatagram } from '../sip/parse-message.js';
import { isChallenge } from '../sip/status-codes.js';
import { elapsedMs, type Instant } from '../time/instant.js';
import type { Authentication } from './authentication.js';
import type { Exchange } from './exchange.js';
import { hasBranch } from './has-branch.js';
import type { Ping } from './ping.js';
import { recordFailure } from './record-failure.js';
import type { ProbeRecorder } from './recorder.js';
import { type Identity, type Purpose, registerRequest } from './register-request.js';
import {
	type RunningTransaction,
	startTransaction,
	type TransactionEnd,
} from './register-transaction.js';
import { SideTraffic } from './side-traffic.js';
import { failureWords } from './step-words.js';
import type { Timers } from './timers.js';
import { afterTooBrief } from './too-brief.js';
import type {
	Opened,
	ProbeTransportName,
	SipTransport,
	TransportFailure,
	TransportListener,
} from './transport.js';
import { withoutToken } from './without-token.js';

/** More requests than any honest server needs for one answer: challenge of proxy and registrar, stale each, 423. */
const MAX_ROUNDS = 8;

export interface SessionDeps {
	readonly open: (listener: TransportListener, signal: AbortSignal | undefined) => Promise<Opened>;
	/** TCP to the same place, for a request too large for UDP; undefined where the user insists on UDP. */
	readonly openLarge?:
		| ((listener: TransportListener, signal: AbortSignal | undefined) => Promise<Opened>)
		| undefined;
	readonly transport: ProbeTransportName;
	readonly remote: Endpoint;
	readonly recorder: ProbeRecorder;
	readonly timers: Timers;
	/** CSeq goes on where another server is tried under the same Call-ID (RFC 3261 §10.2). */
	readonly lastCseq: number;
	readonly authentication: Authentication;
	/** Called when the local address is known, and when it is another: Contact must tell the truth. */
	readonly identify: (transport: SipTransport) => Identity;
	/** A fresh Via branch, with its magic cookie. */
	readonly newBranch: () => string;
	readonly onWaiting: (() => void) | undefined;
	/** Sends one OPTIONS right behind the first REGISTER. */
	readonly optionsFirst?: boolean;
}

/** RFC 3261 §18.1.1: a larger request does not go over UDP where the path MTU is not known; bytes. */
const UDP_LIMIT = 1300;

/** A server that closes after each answer does so once a request. */
const MAX_HANG_UPS = 6;

const UNSPECIFIED: Readonly<Record<number, string>> = { 4: '0.0.0.0', 6: '::' };

/** A response as the probe got it, and the local end it came to. */
export interface Received {
	/** Absent where it cannot be known any more. */
	readonly request?: SipRequest | undefined;
	readonly response: SipResponse;
	readonly from: Endpoint;
	readonly local: Endpoint;
	readonly remote: Endpoint;
	/** Since its request was first sent; absent where that was not kept. */
	readonly ms?: number | undefined;
}

export interface FirstFinal {
	readonly response: SipResponse;
	readonly ms: number;
}

export class RegisterSession {
	readonly #deps: SessionDeps;
	readonly #received: Received[] = [];
	#transport: SipTransport | undefined;
	#identity: Identity | undefined;
	#running: { readonly branch: string; readonly transaction: RunningTransaction } | undefined;
	#lastRequest: Uint8Array = new Uint8Array(0);
	#cseq: number;
	#sends = 0;
	/** Answers that came over the present connection. */
	#answersHere = 0;
	/** The server closed a connection after its answer, just as the next request left. */
	#hungUp = false;
	#hangUps = 0;
	#firstSentAt: Instant | undefined;
	/** Of the transaction that runs. */
	#sentAt: Instant | undefined;
	#firstFinal: FirstFinal | undefined;
	readonly #beside: SideTraffic;
	#largeWords: string | undefined;

	constructor(deps: SessionDeps) {
		this.#deps = deps;
		this.#cseq = deps.lastCseq;
		this.#beside = new SideTraffic({
			newBranch: deps.newBranch,
			record: (transport, bytes) => this.#record(transport, bytes),
		});
	}

	get identity(): Identity | undefined {
		return this.#identity;
	}

	/** Every response so far, in order. */
	get received(): readonly Received[] {
		return this.#received;
	}

	/** The first final answer of the session, and how long the first request waited for it. */
	get firstFinal(): FirstFinal | undefined {
		return this.#firstFinal;
	}

	/** The OPTIONS that went beside the first REGISTER. */
	get ping(): Ping | undefined {
		return this.#beside.ping;
	}

	/** What became of a request too large for UDP, in words; undefined where there was none. */
	get largeWords(): string | undefined {
		return this.#largeWords;
	}

	/** CSeq number of the last request. */
	get cseq(): number {
		return this.#cseq;
	}

	/** Requests sent so far, retransmissions included. */
	get sends(): number {
		return this.#sends;
	}

	/** Opens the transport, or opens it again where a connection is gone. */
	async connect(signal: AbortSignal | undefined): Promise<Opened> {
		if (this.#transport?.usable === true) return { kind: 'open', transport: this.#transport };
		await this.#transport?.close();
		const opened = await this.#deps.open(this.#listener(), signal);
		if (opened.kind === 'open') {
			this.#transport = opened.transport;
			this.#answersHere = 0;
			this.#identity ??= this.#deps.identify(opened.transport);
			this.#tellOpening(opened.transport);
		} else if (opened.kind === 'failure') {
			const { recorder, transport, remote } = this.#deps;
			const local = opened.local ?? { address: UNSPECIFIED[isIP(remote.address)] ?? '', port: 0 };
			recordFailure(recorder, opened.failure, transport, local, remote, new Uint8Array(0));
		}
		return opened;
	}

	/** Sends a REGISTER and goes through challenge, stale and 423 until there is an answer to report. */
	async perform(
		purpose: Purpose,
		timeoutMs: number,
		signal: AbortSignal | undefined,
	): Promise<Exchange> {
		let asked = purpose;
		this.#deps.authentication.begin();
		for (let round = 1; ; round += 1) {
			const end = await this.#transact(asked, timeoutMs, signal);
			if (end.kind === 'failed' && this.#hungUp) continue;
			if (end.kind === 'timed-out') return { kind: 'unanswered' };
			if (end.kind !== 'final') return end;
			const next = this.#follow(asked, end.response, purpose);
			if (next.kind !== 'again') return next;
			if (round >= MAX_ROUNDS) return { kind: 'answered', response: end.response };
			asked = next.purpose;
		}
	}

	/** What comes after a final response: another request, or the end of it. */
	#follow(
		asked: Purpose,
		response: SipResponse,
		original: Purpose,
	): Exchange | { readonly kind: 'again'; readonly purpose: Purpose } {
		const { authentication } = this.#deps;
		if (isChallenge(response.statusCode)) {
			const reaction = authentication.react(response);
			return reaction.kind === 'retry'
				? { kind: 'again', purpose: asked }
				: { kind: 'not-authenticated', refusal: reaction.refusal, response };
		}
		// Once: a server that asks for more and more is not followed.
		const longer = asked === original ? afterTooBrief(asked, response) : undefined;
		if (longer !== undefined) return { kind: 'again', purpose: longer };
		authentication.accepted(response);
		return { kind: 'answered', response };
	}

	async close(): Promise<void> {
		await this.#transport?.close();
	}

	async #transact(
		purpose: Purpose,
		timeoutMs: number,
		signal: AbortSignal | undefined,
	): Promise<TransactionEnd | Extract<Exchange, { kind: 'no-way' }>> {
		this.#hungUp = false;
		this.#sentAt = undefined;
		const opened = await this.connect(signal);
		if (opened.kind === 'failure') return { kind: 'failed', failure: opened.failure };
		if (opened.kind !== 'open') return opened;
		const { authentication, newBranch, timers, onWaiting } = this.#deps;
		const branch = newBranch();
		this.#cseq += 1;
		const credentials = authentication.credentials(this.#known().requestUri);
		const { cseq } = this;
		const write = ({ name: transport, local }: SipTransport): Uint8Array => {
			const identity = this.#known();
			return registerRequest({ identity, purpose, cseq, branch, transport, local, credentials });
		};
		const transport = await this.#fitting(opened.transport, write(opened.transport), signal);
		const bytes = write(transport);
		const transaction = startTransaction({
			send: () => this.#send(transport, bytes),
			unreliable: transport.name === 'udp',
			timeoutMs,
			timers,
			signal,
			onWaiting,
		});
		this.#running = { branch, transaction };
		const end = await transaction.end;
		this.#running = undefined;
		return end;
	}

	#known(): Identity {
		if (this.#identity === undefined) throw new Error('a session that is open knows who it is');
		return this.#identity;
	}

	/** RFC 3261 §18.1.1: TCP for what is too large for UDP, and UDP all the same where there is no TCP. */
	async #fitting(
		transport: SipTransport,
		bytes: Uint8Array,
		signal: AbortSignal | undefined,
	): Promise<SipTransport> {
		if (transport.name !== 'udp' || bytes.length <= UDP_LIMIT) return transport;
		const { openLarge, recorder, remote } = this.#deps;
		const large = `a REGISTER of ${bytes.length} bytes is too large for UDP (more than ${UDP_LIMIT})`;
		if (openLarge === undefined) {
			this.#largeWords = `${large}; it went over UDP in fragments, as UDP was asked for`;
			return transport;
		}
		const opened = await openLarge(this.#listener(), signal);
		if (opened.kind === 'open') {
			this.#largeWords = `${large}; it went over TCP`;
			await transport.close();
			this.#transport = opened.transport;
			this.#answersHere = 0;
			// The port of before is closed: Contact must tell the truth.
			this.#identity = this.#deps.identify(opened.transport);
			return opened.transport;
		}
		if (opened.kind === 'failure') {
			const { local } = transport;
			recordFailure(recorder, opened.failure, 'tcp', local, remote, new Uint8Array(0));
		}
		const why = opened.kind === 'failure' ? failureWords(opened.failure) : 'no way there';
		this.#largeWords = `${large}; TCP failed (${why}), so it went over UDP in fragments`;
		return transport;
	}

	/** What TLS and WebSocket showed while they came up. */
	#tellOpening({ local, remote, tls, webSocket }: SipTransport): void {
		const flow = { src: local, dst: remote };
		if (tls !== undefined) this.#deps.recorder.event({ kind: 'tls', ...flow, ...tls.facts });
		if (webSocket !== undefined)
			this.#deps.recorder.event({ kind: 'websocket', ...flow, ...webSocket });
	}

	#send(transport: SipTransport, bytes: Uint8Array): void {
		const sentAt = this.#record(transport, bytes);
		this.#firstSentAt ??= sentAt;
		this.#sentAt ??= sentAt;
		this.#lastRequest = bytes;
		this.#sends += 1;
		transport.send(bytes);
		const isFirst = this.#deps.optionsFirst === true && this.#sends === 1;
		if (isFirst && this.#identity !== undefined)
			this.#beside.sendOptions(transport, this.#identity);
	}

	/** Undefined once the recorder is full. */
	#record(transport: SipTransport, bytes: Uint8Array): Instant | undefined {
		const shown = withoutToken(bytes);
		const parsed = parseDatagram(shown);
		if (!parsed.ok) return undefined;
		const { local, remote, name } = transport;
		return this.#deps.recorder.message(parsed.value, local, remote, name, bytes.length)?.at;
	}

	#listener(): TransportListener {
		return {
			onMessage: (parsed, from, length) => this.#onMessage(parsed, from, length),
			onFailure: (failure) => this.#onFailure(failure),
		};
	}

	#onMessage(parsed: Parsed<SipMessage>, from: Endpoint, length: number): void {
		const transport = this.#transport;
		if (transport === undefined) return;
		if (!parsed.ok) {
			this.#deps.recorder.unreadable(parsed);
			return;
		}
		const { local, remote, name } = transport;
		const message = parsed.value;
		const observed = this.#deps.recorder.message(message, from, local, name, length);
		if (observed === undefined) return;
		if (message.kind === 'request') {
			if (this.#identity !== undefined)
				this.#beside.serve(transport, this.#identity, message, from);
			return;
		}
		// RFC 3261 §17.1.3: the branch decides, wherever the answer comes from.
		this.#answersHere += 1;
		if (this.#beside.takes(message, observed.at)) return;
		const running = this.#running;
		if (running === undefined || !hasBranch(message, running.branch)) return;
		this.#received.push({
			request: requestIn(this.#lastRequest),
			response: message,
			from,
			local,
			remote,
			ms: this.#sentAt === undefined ? undefined : elapsedMs(this.#sentAt, observed.at),
		});
		if (message.statusCode >= 200) {
			const ms = elapsedMs(this.#firstSentAt ?? observed.at, observed.at);
			this.#firstFinal ??= { response: message, ms };
		}
		running.transaction.onResponse(message);
	}

	#onFailure(failure: TransportFailure): void {
		const transport = this.#transport;
		if (transport === undefined) return;
		// A connection closed between two requests is the server's right; the next request opens another.
		if (this.#running === undefined && failure.kind === 'connection') return;
		// Behind the answer to the REGISTER it is the OPTIONS that was refused; nobody is to take it for the REGISTER.
		const refused = this.#running === undefined ? this.#beside.unanswered : undefined;
		const { local, remote, name } = transport;
		this.#hungUp = this.#isHangUp(failure);
		if (this.#hungUp) this.#hangUps += 1;
		else {
			const request = refused ?? this.#lastRequest;
			recordFailure(this.#deps.recorder, failure, name, local, remote, request);
		}
		this.#running?.transaction.onFailure(failure);
	}

	/** A close in good order after an answer is the server's right (RFC 3261 §18): the request goes out anew. */
	#isHangUp(failure: TransportFailure): boolean {
		if (failure.kind !== 'connection' || failure.errno !== undefined) return false;
		return this.#answersHere > 0 && this.#hangUps < MAX_HANG_UPS;
	}
}

/** What was sent, for those who compare it with the answer. */
function requestIn(bytes: Uint8Array): SipRequest | undefined {
	const parsed = parseDatagram(bytes);
	return parsed.ok && parsed.value.kind === 'request' ? parsed.value : undefined;
}
