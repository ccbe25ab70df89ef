/*
 * RFC 3261 §10: what one device did to bind one address-of-record. Words as design §2 defines them.
 */

import type { Endpoint } from '../net/endpoint.js';
import type { Transport } from '../net/transport.js';
import type { SipMessage, SipRequest, SipResponse } from '../sip/message.js';
import type {
	ConnectionEvent,
	DnsEvent,
	ForeignAnswerEvent,
	FragmentEvent,
	NotCapturedEvent,
	Observed,
	ProbeEvent,
	ResolutionEvent,
	TlsEvent,
	UnansweredNeighbourEvent,
	WebSocketEvent,
} from '../trace/observed.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import type { Failover } from './failover.js';
import type { Protection } from './security-agreement.js';

export const OUTCOMES = [
	'registered',
	'unregistered',
	'queried',
	'challenged',
	'rejected',
	'redirected',
	'unanswered',
	'unreachable',
	'open',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** One hop of the path that a registration took. */
export interface Leg {
	readonly client: Endpoint;
	readonly server: Endpoint;
	readonly transport: Transport;
	readonly source: string;
}

/** One REGISTER transaction on every leg where it was seen, phone first. */
export interface RegisterTransaction {
	/** The leg nearest to the phone; rules look here unless they say otherwise. */
	readonly phone: ClientTransaction;
	/** All legs, the phone's first. */
	readonly hops: readonly [ClientTransaction, ...ClientTransaction[]];
	/** Present where attempts like the one that begins here came before and were let go: how many. */
	readonly repeated?: number | undefined;
}

/** REGISTER transactions of one device and address-of-record towards one outcome (design §2). */
export interface Attempt {
	/** From 1 within the registration; those that were let go are counted, too. */
	readonly number: number;
	/** How many attempts like this one, with nothing else to tell, came before it and were let go. */
	readonly repeated: number;
	readonly transactions: readonly RegisterTransaction[];
	readonly outcome: Outcome;
	readonly finalStatus: number | undefined;
	readonly grantedExpires: number | undefined;
	/** What the network told of this attempt, in order of time: connections, names, TLS, lost fragments. */
	readonly failures: readonly AttemptEvent[];
	/** Why an open one is open, where that is not the end of the source. */
	readonly missed?: Missed;
}

/** What a source misses of an attempt that may have gone on. */
export type Missed =
	/** The REGISTER that was answered so. */
	| { readonly kind: 'request'; readonly answer: Observed<SipResponse> }
	/** The answer, as likely as not: the last REGISTER was sent once and never again. */
	| { readonly kind: 'answer' }
	/** Every message of the server: this REGISTER answers a challenge that is not there. */
	| { readonly kind: 'server'; readonly request: Observed<SipRequest> }
	/** What a snaplen, or a filter on ports, cut off: which REGISTER a response answers, or whether a challenged one had credentials. */
	| { readonly kind: 'cut'; readonly message: Observed<SipMessage> }
	/** What the phone says within the mechanism that this challenge agrees on. */
	| {
			readonly kind: 'protected';
			readonly challenge: Observed<SipResponse>;
			readonly protection: Protection;
	  }
	/** Bytes of the connection, which may be the answer, or the phone's next REGISTER. */
	| { readonly kind: 'bytes'; readonly event: NotCapturedEvent };

/** The network's own words about an attempt; ICMP errors stand with the transaction that they quote. */
export type AttemptEvent =
	| ConnectionEvent
	| ResolutionEvent
	| DnsEvent
	| TlsEvent
	| WebSocketEvent
	| FragmentEvent
	| UnansweredNeighbourEvent
	| ForeignAnswerEvent;

export interface Registration {
	/** Canonical address-of-record (RFC 3261 §10.3 step 5); undefined where no REGISTER was read. */
	readonly aor: string | undefined;
	/** Host of the Request-URI; port and transport are those that the first packet went to. */
	readonly target: { readonly host: string; readonly port: number; readonly transport: Transport };
	/** Present where another server than the first gave the outcome. */
	readonly failover?: Failover | undefined;
	readonly userAgent: string | undefined;
	readonly instanceId: string | undefined;
	readonly callIds: readonly string[];
	readonly outcome: Outcome;
	readonly finalStatus: number | undefined;
	readonly grantedExpires: number | undefined;
	readonly path: readonly Leg[];
	readonly attempts: readonly Attempt[];
	/** The attempt whose outcome is the registration's; undefined only where there is none. */
	readonly decisive: Attempt | undefined;
	/** Every message of every leg in order of time. */
	readonly messages: readonly RegistrationMessage[];
	/** What anybody in the source asked the DNS about its domain and servers, in order of time. */
	readonly lookups: readonly DnsEvent[];
	/** What a probe set out to do, where this came of it. */
	readonly probe?: ProbeEvent | undefined;
}

export interface RegistrationMessage {
	readonly observed: Observed<SipMessage>;
	/** A copy of a request or response already sent on this hop. */
	readonly retransmission: boolean;
}
