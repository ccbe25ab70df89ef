/*
 * RFC 3261 §17: one request between two hops, with its retransmissions and responses, put together from packet
 * direction and never from what a Via says.
 */
import type { Endpoint } from '../net/endpoint.js';
import type { Transport } from '../net/transport.js';
import type { SipRequest, SipResponse } from '../sip/message.js';
import type { Observed, UnreachableEvent } from '../trace/observed.js';

export interface ClientTransaction {
	/** Source and destination of the request's packets. */
	readonly client: Endpoint;
	readonly server: Endpoint;
	readonly transport: Transport;
	readonly source: string;
	/** Top Via branch; undefined for an RFC 2543 peer without one. */
	readonly branch: string | undefined;
	/** Of one that the snaplen cut before it what stands for it (`isStandIn`). */
	readonly callId: string;
	readonly cseq: number | undefined;
	/** The To value of the request as written. */
	readonly to: string;
	readonly request: Observed<SipRequest>;
	/** Every copy sent, the first included, in order; of very many the first ones and the last. */
	readonly sends: readonly Observed<SipRequest>[];
	/** Copies sent before the last that are not among `sends`; none where it is absent. */
	readonly moreSends?: number | undefined;
	/** Every response, provisional and final, repeated ones included, in order. */
	readonly responses: readonly Observed<SipResponse>[];
	/** The first final response (status ≥ 200). */
	readonly final: Observed<SipResponse> | undefined;
	/** One that may be among them, or not: the snaplen left too little to tell which request it answers. */
	readonly cutResponse?: Observed<SipResponse> | undefined;
	/** ICMP errors that quote this request. */
	readonly unreachable: readonly UnreachableEvent[];
}

/** Microseconds from the first send to the final response; none below zero, as two clocks or queues may make it. */
export function answerTime({ request, final }: ClientTransaction): number | undefined {
	return final && Math.max(0, final.at - request.at);
}

/** How often the request was sent, the first time included. */
export function sentTimes({ sends, moreSends = 0 }: ClientTransaction): number {
	return sends.length + moreSends;
}
