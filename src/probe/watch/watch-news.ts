/* What happens while a registration is kept, for those who count and tell it. */
import type { Endpoint } from '../../net/endpoint.js';
import type { Instant } from '../../time/instant.js';
import type { SourceFacts } from '../../trace/source-facts.js';
import type { ProbeRecord } from '../recorder.js';
import type { ProbeTransportName, TransportFailure } from '../transport.js';

/** Why nothing more is tried. */
export type GaveUp =
	/** Credentials were refused twice in a row: a third time might be punished with a ban. */
	| 'credentials-refused'
	/** There is nothing to answer the challenge with. */
	| 'no-answer-to-challenge'
	/** Another device is bound, and an account for one device would drop it. */
	| 'other-device'
	/** The Contact or instance-id that was given is bound already, and would be replaced. */
	| 'already-bound';

/** Why a flow is of no more use. */
export type FlowLoss =
	/** What the socket was told. */
	| { readonly kind: 'told'; readonly failure: TransportFailure }
	/** The server answered keep-alives, and does so no longer. */
	| { readonly kind: 'silent' };

/** `L`: what the messages of an attempt were put into. */
export type WatchNews<L> =
	| {
			readonly kind: 'registered';
			readonly at: Instant;
			/** Seconds; what was asked for where the answer does not say. */
			readonly granted: number;
			/** First send to first final answer of this attempt. */
			readonly ms: number | undefined;
			readonly refreshInMs: number;
			readonly local: Endpoint;
			readonly remote: Endpoint;
			readonly transport: ProbeTransportName;
			/** The address and port that the server saw. */
			readonly mapped: Seen | undefined;
			/** Of a REGISTER that is too large for UDP, in words. */
			readonly note: string | undefined;
	  }
	| {
			readonly kind: 'failed';
			/** When the attempt began, and when it was over. */
			readonly since: Instant;
			readonly at: Instant;
			readonly words: string;
			readonly status: number | undefined;
			/** Undefined where nothing more is tried. */
			readonly retryInMs: number | undefined;
			/** What this machine itself has to do with it. */
			readonly local: LocalTrouble | undefined;
			/** What the socket was told. */
			readonly failure: TransportFailure | undefined;
			readonly remote: Endpoint | undefined;
			readonly log: L;
			readonly facts: SourceFacts;
			/** What happened in this attempt, and in the last one that succeeded; empty where there is none. */
			readonly records: readonly ProbeRecord[];
			readonly before: readonly ProbeRecord[];
	  }
	| {
			readonly kind: 'flow-lost';
			readonly at: Instant;
			/** Of the last 2xx. */
			readonly registeredAt: Instant;
			readonly loss: FlowLoss;
			readonly local: LocalTrouble | undefined;
			readonly remote: Endpoint;
			readonly transport: ProbeTransportName;
	  }
	| {
			readonly kind: 'mapping-changed';
			readonly at: Instant;
			readonly from: Seen;
			readonly to: Seen;
			readonly silenceMs: number;
	  }
	| {
			readonly kind: 'request-answered';
			readonly at: Instant;
			readonly method: string;
			readonly from: Endpoint;
	  }
	| { readonly kind: 'keep-alive-answered'; readonly at: Instant; readonly ms: number }
	| { readonly kind: 'keep-alive-unanswered'; readonly at: Instant; readonly isDead: boolean }
	| { readonly kind: 'gave-up'; readonly at: Instant; readonly why: GaveUp; readonly words: string }
	| {
			readonly kind: 'removed';
			readonly at: Instant;
			readonly isSure: boolean;
			readonly words: string;
	  };

/** What this machine itself has to do with a failure: then neither the server nor a filter is to blame. */
export type LocalTrouble =
	/** No interface but loopback has an address. */
	| { readonly kind: 'no-network' }
	/** No route, no such address family, or its own packet filter. */
	| { readonly kind: 'no-way'; readonly errno: string }
	/** What goes to the server leaves from another address than the flow did. */
	| { readonly kind: 'moved'; readonly from: string; readonly to: string };

/** As a server saw it; without a port where it does not say. */
export interface Seen {
	readonly address: string;
	readonly port: number | undefined;
}
