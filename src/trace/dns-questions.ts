/*
 * DNS messages → what came of each question: one event a question, once it is answered, or once it is clear that
 * nobody will.
 */
import type { DnsMessage, DnsQuestion, DnsRecord } from '../layers/dns.js';
import { type Endpoint, formatEndpoint } from '../net/endpoint.js';
import { elapsedMs, type Instant } from '../time/instant.js';
import type { DnsEvent } from './observed.js';

/** After it nobody waits any more: resolvers ask again or give up within seconds. */
const PATIENCE_MS = 5_000;

/** Questions that wait at one time. Beyond it the oldest is let go: a busy name server was captured, not a phone. */
const MAX_WAITING = 4_096;

interface Waiting {
	readonly client: Endpoint;
	readonly server: Endpoint;
	readonly question: DnsQuestion;
	readonly at: Instant;
	readonly frame: number;
	readonly copies: number;
	readonly lastAt: Instant;
	/** Kept for a while after its answer, so that a second copy of that is no answer without a question. */
	answered: boolean;
}

/** When and where a DNS message was seen; `source` and `frame` as in the report. */
export interface DnsPlace {
	readonly src: Endpoint;
	readonly dst: Endpoint;
	readonly at: Instant;
	readonly frame: number;
}

/** Holds the questions of one source that wait for their answer. */
export class DnsQuestions {
	/** By endpoints, id and question; in the order in which they were asked last. */
	readonly #waiting = new Map<string, Waiting>();
	readonly #source: string;
	readonly #tell: (event: DnsEvent) => void;
	#dropped = 0;

	constructor(source: string, tell: (event: DnsEvent) => void) {
		this.#source = source;
		this.#tell = tell;
	}

	/** Questions that were let go because too many waited. */
	get dropped(): number {
		return this.#dropped;
	}

	message(message: DnsMessage, place: DnsPlace): void {
		this.#giveUp(place.at);
		if (message.isResponse) this.#response(message, place);
		else if (message.question !== undefined) this.#question(message.id, message.question, place);
	}

	/** At the end of the source: what still waits is unanswered. */
	end(): void {
		for (const waiting of this.#waiting.values()) this.#unanswered(waiting);
		this.#waiting.clear();
	}

	#question(id: number, question: DnsQuestion, { src, dst, at, frame }: DnsPlace): void {
		const key = keyOf(id, question, src, dst);
		const known = this.#waiting.get(key);
		this.#waiting.delete(key);
		if (known !== undefined && !known.answered) {
			this.#waiting.set(key, { ...known, copies: known.copies + 1, lastAt: at });
			return;
		}
		if (this.#waiting.size >= MAX_WAITING) this.#dropOldest();
		this.#waiting.set(key, {
			...{ client: src, server: dst, question, at, frame },
			...{ copies: 1, lastAt: at, answered: false },
		});
	}

	#response(message: DnsMessage, { src, dst, at, frame }: DnsPlace): void {
		const waiting = this.#waitingFor(message, dst, src);
		const question = message.question ?? waiting?.question;
		if (question === undefined || waiting?.answered === true) return;
		if (waiting !== undefined) waiting.answered = true;
		const answers = [...message.answers, ...message.additionals];
		const found = message.answers.some(({ type }) => type === question.type);
		// What did not fit is asked again over TCP; that question tells.
		if (message.truncated && !found && message.rcode === 0) return;
		this.#tell({
			...{ kind: 'dns', at, source: this.#source, frame },
			...{ src: dst, dst: src, ...question },
			outcome: outcomeOf(message.rcode, found),
			copies: waiting?.copies ?? 0,
			answers: answers.map(({ name, type, ttl, data }: DnsRecord) => ({ name, type, ttl, data })),
		});
	}

	/** Some servers answer an error without the question (RFC 1035 §4.1.1 does not ask for it). */
	#waitingFor(message: DnsMessage, client: Endpoint, server: Endpoint): Waiting | undefined {
		if (message.question !== undefined) {
			return this.#waiting.get(keyOf(message.id, message.question, client, server));
		}
		if (message.hasQuestion) return undefined;
		const prefix = hopKey(message.id, client, server);
		const [key, another] = [...this.#waiting.keys()].filter((one) => one.startsWith(prefix));
		return key === undefined || another !== undefined ? undefined : this.#waiting.get(key);
	}

	/** The look ends at the first that may still be answered. */
	#giveUp(now: Instant): void {
		for (const [key, waiting] of this.#waiting) {
			if (elapsedMs(waiting.lastAt, now) <= PATIENCE_MS) return;
			this.#waiting.delete(key);
			this.#unanswered(waiting);
		}
	}

	#unanswered({ client, server, question, at, frame, copies, answered }: Waiting): void {
		if (answered) return;
		this.#tell({
			...{ kind: 'dns', at, source: this.#source, frame },
			...{ src: client, dst: server, ...question },
			...{ outcome: 'unanswered', copies, answers: [] },
		});
	}

	#dropOldest(): void {
		const [oldest] = this.#waiting;
		if (oldest === undefined) return;
		const [key, { answered }] = oldest;
		this.#waiting.delete(key);
		if (!answered) this.#dropped += 1;
	}
}

function hopKey(id: number, client: Endpoint, server: Endpoint): string {
	return `${formatEndpoint(client)}>${formatEndpoint(server)} ${id} `;
}

function keyOf(
	id: number,
	{ name, type }: DnsQuestion,
	client: Endpoint,
	server: Endpoint,
): string {
	return `${hopKey(id, client, server)}${type} ${name}`;
}

function outcomeOf(rcode: number, found: boolean): DnsEvent['outcome'] {
	switch (rcode) {
		case 0:
			return found ? 'answered' : 'empty';
		case 3:
			return 'nxdomain';
		case 5:
			return 'refused';
		default:
			// Server failure, and what a server says that does not know the type or the form (RFC 1035 §4.1.1).
			return 'servfail';
	}
}
