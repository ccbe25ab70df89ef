/*
 * Responses that a capture shows before their request: a card with several queues, the `any` interface, or two taps put
 * together may write down the answer first.
 */
import { sameEndpoint } from '../net/endpoint.js';
import type { SipRequest, SipResponse } from '../sip/message.js';
import { DISORDER_MS } from '../time/disorder.js';
import { elapsedMs } from '../time/instant.js';
import type { Observed } from '../trace/observed.js';

/** More at one time are a capture of one direction. */
const MAX_EARLY = 64;

interface Early {
	/** What its request would be known by. */
	readonly key: string;
	readonly observed: Observed<SipResponse>;
}

/** Those of which no request was seen, as long as one may follow. */
export class EarlyResponses {
	#waiting: Early[] = [];

	/** Adds one; gives those that nothing will follow any more. */
	add(key: string, observed: Observed<SipResponse>): readonly Observed<SipResponse>[] {
		this.#waiting.push({ key, observed });
		let over = Math.max(0, this.#waiting.length - MAX_EARLY);
		while (isOver(this.#waiting[over], observed)) over += 1;
		return this.#waiting.splice(0, over).map((one) => one.observed);
	}

	/** Takes out those that went the way back of a request at the same time. */
	takeFor(key: string, request: Observed<SipRequest>): readonly Observed<SipResponse>[] {
		if (this.#waiting.length === 0) return [];
		const taken = this.#waiting.filter((one) => one.key === key && isAnswer(one, request));
		if (taken.length > 0) this.#waiting = this.#waiting.filter((one) => !taken.includes(one));
		return taken.map(({ observed }) => observed);
	}

	/** Those that were not taken, in their order. */
	list(): readonly Observed<SipResponse>[] {
		return this.#waiting.map(({ observed }) => observed);
	}
}

function isOver(early: Early | undefined, latest: Observed<SipResponse>): boolean {
	return early !== undefined && !isNear(early.observed, latest);
}

/** From the very server to the very client: which leg it is of is not to be guessed. */
function isAnswer({ observed }: Early, request: Observed<SipRequest>): boolean {
	return (
		observed.source === request.source &&
		observed.src.address === request.dst.address &&
		sameEndpoint(observed.dst, request.src) &&
		isNear(observed, request)
	);
}

/** Behind its request, or as little before it as a capture may show it. */
export function isNotBefore(
	response: Pick<Observed, 'at'>,
	request: Pick<Observed, 'at'>,
): boolean {
	return elapsedMs(response.at, request.at) <= DISORDER_MS;
}

function isNear(a: Pick<Observed, 'at'>, b: Pick<Observed, 'at'>): boolean {
	return Math.abs(elapsedMs(a.at, b.at)) <= DISORDER_MS;
}
