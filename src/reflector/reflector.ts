/*
 * What arrives → what is answered. Knows no sockets: they hand in what they read, with a way to send. Never throws,
 * whatever arrives; everything it keeps is bounded.
 */
import type { Parsed } from '../bytes/malformed.js';
import { keyedHash } from '../digest/keyed-hash.js';
import { classifyAddress } from '../net/address.js';
import type { Endpoint } from '../net/endpoint.js';
import { firstHeader } from '../sip/header-fields.js';
import { readCredentials } from '../sip/headers/authorization.js';
import type { SipMessage, SipRequest } from '../sip/message.js';
import { identityOf } from '../sip/message-identity.js';
import { readWishes } from '../sip/reflector-echo.js';
import type { Instant } from '../time/instant.js';
import { type After, DelayedAnswers } from './delayed-answers.js';
import type { Fault } from './faults/fault.js';
import { type FittedAnswer, fitAnswer } from './fit-answer.js';
import { Nonces } from './nonces.js';
import { Registrar, type RegistrarOptions } from './registrar.js';
import { type Reply, reply } from './reply.js';
import { isAnswerable, udpDestination } from './response-text.js';
import { shorterReplies } from './shorter-reply.js';
import { newTally, type Tally } from './tally.js';
import { networkOf, TokenBuckets } from './token-buckets.js';

export interface ReflectorOptions extends Omit<RegistrarOptions, 'alwaysChallenges'> {
	/** Seconds. */
	readonly nonceLifetime: number;
	readonly fault: Fault | undefined;
	/** Requests a second of one source; ten seconds' worth may come at once. */
	readonly ratePerSecond: number;
	/** A closed network: a UDP answer may be larger than its request. */
	readonly anySize: boolean;
}

export interface ReflectorDeps {
	readonly now: () => Instant;
	readonly after: After;
	/** 32 random bytes, which nonces and tags are made with. */
	readonly key: Uint8Array;
	readonly onRequest: (told: ToldRequest) => void;
}

export interface Arrival {
	/** The octets of the datagram, or of the message of a stream. */
	readonly received: Uint8Array;
	readonly message: Parsed<SipMessage>;
	readonly source: Endpoint;
	readonly transport: 'udp' | 'tcp';
	readonly send: (bytes: Uint8Array, to: Endpoint) => void;
}

/** One request and what became of it. Texts are as they were on the wire. */
export interface ToldRequest {
	readonly at: Instant;
	readonly transport: 'udp' | 'tcp';
	readonly source: Endpoint;
	readonly method: string;
	readonly requestUri: string;
	readonly userAgent: string | undefined;
	readonly hasCredentials: boolean;
	readonly bytes: number;
	/** Undefined where nothing was sent. */
	readonly answer:
		| { readonly statusCode: number; readonly bytes: number; readonly echo: FittedAnswer['echo'] }
		| undefined;
	/** Why there is no answer, or none yet; or what of it had no room. */
	readonly because: string | undefined;
}

/** What all sources together may send, a second: forged sources cannot make it more. */
const TOGETHER = { perSecond: 1000, burst: 2000 };
const BURST_SECONDS = 10;
/** What fits a datagram without fragments on every path that matters. */
const MAX_DATAGRAM = 1300;
/** 36 bits; RFC 3261 §19.3 asks for 32. */
const TAG_CHARACTERS = 6;
const EVERYBODYS = new Set(['OPTIONS', 'REGISTER']);

export class Reflector {
	readonly tally: Tally = newTally();
	readonly #options: ReflectorOptions;
	readonly #deps: ReflectorDeps;
	readonly #buckets: TokenBuckets;
	readonly #registrar: Registrar;
	readonly #delayed: DelayedAnswers;
	#registers = 0;

	constructor(options: ReflectorOptions, deps: ReflectorDeps) {
		this.#options = options;
		this.#deps = deps;
		const { ratePerSecond, fault } = options;
		const each = { perSecond: ratePerSecond, burst: ratePerSecond * BURST_SECONDS };
		this.#buckets = new TokenBuckets(each, TOGETHER);
		this.#registrar = new Registrar(
			{ ...options, alwaysChallenges: fault?.needsChallenge === true },
			new Nonces(deps.key, options.nonceLifetime),
		);
		this.#delayed = new DelayedAnswers(deps.after);
	}

	/** True where this source may be served now; what it sends is not looked at before. */
	mayCome(source: Endpoint): boolean {
		if (this.#buckets.take(source.address, this.#deps.now())) return true;
		this.tally.refused.rate += 1;
		return false;
	}

	/** Takes one datagram or message of a stream of a source that may come. */
	receive(arrival: Arrival): void {
		const { refused } = this.tally;
		const { message } = arrival;
		if (!message.ok) {
			refused.notSip += 1;
			return;
		}
		const request = message.value;
		// RFC 3261 §17.1.1.3: an ACK is never answered.
		if (request.kind === 'response' || request.method === 'ACK') {
			refused.unasked += 1;
			return;
		}
		this.tally.requests += 1;
		if (!isAnswerable(request)) {
			refused.incomplete += 1;
			this.#tell(arrival, request, undefined, 'a field that an answer repeats is missing');
			return;
		}
		const { delay } = readWishes(request);
		if (delay === undefined) this.#answerNow(arrival, request);
		else this.#answerLater(arrival, request, delay);
	}

	/** Drops what waits. */
	stop(): void {
		this.#delayed.stop();
	}

	#answerNow(arrival: Arrival, request: SipRequest): void {
		const answer = this.#answer(arrival, request);
		if (answer.replies.length === 0) {
			this.tally.swallowed += 1;
			this.#tell(arrival, request, undefined, 'swallowed, as the fault has it');
		}
		for (const one of answer.replies) {
			this.#send(arrival, request, one, { isProven: answer.isProven, delay: undefined });
		}
	}

	#answerLater(arrival: Arrival, request: SipRequest, delay: number | 'bad'): void {
		const { branch = '', callId, cseq } = identityOf(request);
		const { port } = arrival.source;
		const key = [port, branch.slice(0, 200), callId.slice(0, 200), cseq?.number].join(' ');
		const held = delay === 'bad' ? 'refused' : this.#hold(arrival, request, key, delay);
		if (held === 'waits') this.#tell(arrival, request, undefined, `answered in ${delay} s`);
		if (held !== 'refused') return;
		this.tally.refused.delays += 1;
		this.#send(arrival, request, reply(503), { isProven: false, delay: 'refused' });
	}

	#hold(arrival: Arrival, request: SipRequest, key: string, delay: number) {
		return this.#delayed.add(networkOf(arrival.source.address), key, delay * 1000, () => {
			const more = { isProven: false, delay: String(delay) };
			this.#send(arrival, request, reply(200), more);
		});
	}

	#answer({ source }: Arrival, request: SipRequest) {
		const { fault } = this.#options;
		if (request.method === 'REGISTER') {
			this.#registers += 1;
			const honest = this.#registrar.answer(request, source.address, this.#deps.now());
			const hasCredentials = readCredentials(request).length > 0;
			const context = { ...honest, request, hasCredentials, number: this.#registers };
			const replies = fault === undefined ? [honest.reply] : fault.play(context);
			return { replies, isProven: honest.isProven };
		}
		const honest = EVERYBODYS.has(request.method)
			? reply(200)
			: reply(405, [['Allow', 'OPTIONS, REGISTER']]);
		if (fault?.everything !== true) return { replies: [honest], isProven: false };
		return { replies: fault.play(this.#notRegister(request, honest)), isProven: false };
	}

	#notRegister(request: SipRequest, honest: Reply) {
		const same = (): Reply => honest;
		return {
			...{ request, stage: 'accepted' as const, reply: honest, purpose: undefined },
			...{ isProven: false, nonce: '', challenge: same, accept: same },
			...{ hasCredentials: false, number: this.#registers },
		};
	}

	#send(
		arrival: Arrival,
		request: SipRequest,
		answer: Reply,
		{ isProven, delay }: { readonly isProven: boolean; readonly delay: string | undefined },
	): void {
		const { transport, source, received } = arrival;
		const room = this.#limit(arrival, isProven);
		let needed = Number.POSITIVE_INFINITY;
		for (const { reply: tried, without } of shorterReplies(answer)) {
			const copies = tried.copies ?? 1;
			const fitted = fitAnswer({
				...{ request, received, reply: tried, source, transport, delay },
				toTag: this.#toTag(request),
				limit: Math.floor(room / copies),
				wantsEcho: readWishes(request).echo,
			});
			if ('needed' in fitted) {
				needed = fitted.needed;
				continue;
			}
			const { bytes, echo } = fitted;
			const to = transport === 'udp' ? udpDestination(request, tried, source) : source;
			for (let copy = 0; copy < copies; copy += 1) arrival.send(bytes, to);
			this.tally.answers += copies;
			const { statusCode } = tried;
			this.#tell(arrival, request, { statusCode, bytes: bytes.length, echo }, without);
			return;
		}
		this.tally.refused.noRoom += 1;
		const because = `${answer.statusCode} not sent: ${needed} bytes to a request of ${received.length}, and the address is not proved`;
		this.#tell(arrival, request, undefined, because);
	}

	#limit({ transport, received, source }: Arrival, isProven: boolean): number {
		if (transport === 'tcp') return Number.POSITIVE_INFINITY;
		// No packet from elsewhere gets in with the loopback address.
		const isOwn = classifyAddress(source.address) === 'loopback';
		const mayGrow = isProven || isOwn || this.#options.anySize;
		return mayGrow ? Math.max(received.length, MAX_DATAGRAM) : received.length;
	}

	/** The same for every copy of a request (RFC 3261 §8.2.7), without keeping any. */
	#toTag(request: SipRequest): string {
		const from = firstHeader(request, 'from')?.value ?? '';
		const callId = firstHeader(request, 'call-id')?.value ?? '';
		return keyedHash(this.#deps.key, `tag ${callId} ${from}`).slice(0, TAG_CHARACTERS);
	}

	#tell(
		{ transport, source, received }: Arrival,
		request: SipRequest,
		answer: ToldRequest['answer'],
		because: string | undefined,
	): void {
		this.#deps.onRequest({
			...{ at: this.#deps.now(), transport, source },
			...{ method: request.method, requestUri: request.requestUri },
			userAgent: firstHeader(request, 'user-agent')?.value,
			hasCredentials: readCredentials(request).length > 0,
			...{ bytes: received.length, answer, because },
		});
	}
}
