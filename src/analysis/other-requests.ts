/*
 * Requests other than REGISTER, as far as they say something: the first to each target shows where a registrar sends
 * what it was told, the first of each sender that its flow is used, and by which route. Phones of one site call one
 * number: the target alone would forget all but the first of them.
 */
import { type Endpoint, formatEndpoint } from '../net/endpoint.js';
import { requestTarget } from '../registration/register-request.js';
import type { SipRequest } from '../sip/message.js';
import type { Observed } from '../trace/observed.js';

/** Requests kept before it is known which addresses belong to phones, and behind that: enough for any site. */
const MAX_UNKNOWN_TARGETS = 500;
const MAX_TARGETS = 4_000;
const MAX_SENDERS = 4_000;

/** What is known of a request before it is read. */
export interface AskedRequest {
	readonly requestUri: string;
	readonly method: string;
	readonly src: Endpoint | undefined;
	readonly dst: Endpoint;
	/** Whether it goes to where a Contact points. */
	readonly isForPhone: boolean;
}

export class OtherRequests {
	readonly #byTarget = new Map<string, Observed<SipRequest>>();
	readonly #bySender = new Map<string, Observed<SipRequest>>();

	wants({ requestUri, method, src, dst, isForPhone }: AskedRequest): boolean {
		if (src !== undefined && this.#isNewSender(method, src)) return true;
		const limit = isForPhone ? MAX_TARGETS : MAX_UNKNOWN_TARGETS;
		if (this.#byTarget.size >= limit) return false;
		return !this.#byTarget.has(requestTarget(requestUri, dst));
	}

	add(observed: Observed<SipRequest>): void {
		const { message, src, dst } = observed;
		const target = requestTarget(message.requestUri, dst);
		if (this.#byTarget.size < MAX_TARGETS && !this.#byTarget.has(target))
			this.#byTarget.set(target, observed);
		if (this.#isNewSender(message.method, src))
			this.#bySender.set(senderOf(message.method, src), observed);
	}

	/** Each of them once. */
	all(): readonly Observed<SipRequest>[] {
		return [...new Set([...this.#byTarget.values(), ...this.#bySender.values()])];
	}

	#isNewSender(method: string, src: Endpoint): boolean {
		return this.#bySender.size < MAX_SENDERS && !this.#bySender.has(senderOf(method, src));
	}
}

function senderOf(method: string, src: Endpoint): string {
	return `${method} ${formatEndpoint(src)}`;
}
