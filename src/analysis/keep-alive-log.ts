/** OPTIONS and NOTIFY towards phones, with whether they were answered: the latest of each phone. */
import { parsedValue } from '../bytes/parsed-value.js';
import { type Endpoint, formatEndpoint } from '../net/endpoint.js';
import type { KeepAlive } from '../registration/keep-alive.js';
import { firstHeader } from '../sip/header-fields.js';
import { readCSeq } from '../sip/headers/cseq.js';
import { topVia } from '../sip/headers/via.js';
import type { SipMessage, SipRequest, SipResponse } from '../sip/message.js';
import type { Observed } from '../trace/observed.js';

/** Bounds: a phone that is asked every few seconds shows in its last ones what it does. */
const MAX_PHONES = 20_000;
const MAX_KEPT = 48;
/** Requests that may still be answered. */
const MAX_OPEN = 20_000;

/** What servers ask phones to see whether they are there; calls would be too many. */
const METHODS = new Set(['OPTIONS', 'NOTIFY']);

interface Entry extends Pick<KeepAlive, 'source' | 'src' | 'dst' | 'method' | 'at' | 'frame'> {
	readonly key: string;
	lastAt: number;
	copies: number;
	answer: KeepAlive['answer'];
}

export class KeepAliveLog {
	/** By the phone's endpoint. */
	readonly #byPhone = new Map<string, Entry[]>();
	/** The endpoints of a source are one value each: one that was noted needs no key. */
	readonly #noted = new WeakSet<Endpoint>();
	/** Those without an answer, by what identifies them. */
	readonly #open = new Map<string, Entry>();
	/** Addresses of phones that were asked: one that answers from another port is heard all the same. */
	readonly #asked = new Set<string>();
	/** Phones over whose flow anything was sent to keep it open. */
	readonly keptAlive = new Set<string>();

	/** Where REGISTERs come from or Contacts point to: requests to it are of interest from now on. */
	notePhone(phone: Endpoint): void {
		if (this.#byPhone.size >= MAX_PHONES || this.#noted.has(phone)) return;
		this.#noted.add(phone);
		const key = formatEndpoint(phone);
		if (!this.#byPhone.has(key)) this.#byPhone.set(key, []);
	}

	ping({ src, dst }: { readonly src: Endpoint; readonly dst: Endpoint }): void {
		for (const phone of [formatEndpoint(src), formatEndpoint(dst)]) {
			if (this.#byPhone.has(phone)) this.keptAlive.add(phone);
		}
	}

	wants(method: string, dst: Endpoint): boolean {
		return METHODS.has(method) && this.#byPhone.has(formatEndpoint(dst));
	}

	/** True where the phone was asked, so that what it sends may be the answer. */
	awaits(phone: Endpoint): boolean {
		if (this.#open.size === 0) return false;
		const asked = this.#byPhone.get(formatEndpoint(phone));
		if (asked === undefined || asked.length === 0) return this.#asked.has(phone.address);
		return asked.at(-1)?.answer === undefined;
	}

	request(observed: Observed<SipRequest>): void {
		const { message, at, src, dst, source, frame } = observed;
		const asked = this.#byPhone.get(formatEndpoint(dst));
		if (asked === undefined || !METHODS.has(message.method)) return;
		const key = identityOf(message);
		const known = asked.find((entry) => entry.key === key);
		if (known !== undefined) {
			known.copies += 1;
			known.lastAt = at;
			return;
		}
		const { method } = message;
		const entry: Entry = {
			...{ key, source, src, dst, method, at, frame },
			...{ lastAt: at, copies: 1, answer: undefined },
		};
		asked.push(entry);
		this.#asked.add(dst.address);
		this.#open.set(key, entry);
		const dropped = asked.length > MAX_KEPT ? asked.shift() : undefined;
		if (dropped !== undefined) this.#open.delete(dropped.key);
		const [oldest] = this.#open.size > MAX_OPEN ? this.#open.keys() : [];
		if (oldest !== undefined) this.#open.delete(oldest);
	}

	response({ message, at, frame }: Observed<SipResponse>): void {
		if (this.#open.size === 0) return;
		const key = identityOf(message);
		const entry = this.#open.get(key);
		if (entry === undefined) return;
		entry.answer = { at, frame, statusCode: message.statusCode };
		this.#open.delete(key);
	}

	list(): readonly KeepAlive[] {
		return [...this.#byPhone.values()].flatMap((asked) =>
			asked.map(({ key: _, ...keepAlive }) => keepAlive),
		);
	}
}

function identityOf(message: SipMessage): string {
	const cseq = parsedValue(readCSeq(message));
	const callId = firstHeader(message, 'call-id')?.value ?? '';
	return `${topVia(message)?.branch ?? ''}|${callId}|${cseq?.number ?? ''} ${cseq?.method ?? ''}`;
}
