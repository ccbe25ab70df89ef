/** What a source came to once it was read, and while it is. */
import type { DigestCheck } from '../registration/digest-check.js';
import type { KeepAlive } from '../registration/keep-alive.js';
import type { AttemptEvent, RegisterTransaction } from '../registration/registration.js';
import type { ScannerTraffic } from '../registration/scanner.js';
import type { SipRequest, SipResponse } from '../sip/message.js';
import type {
	DnsEvent,
	ExperimentEvent,
	NeighbourEvent,
	NotCapturedEvent,
	Observed,
	ProbeEvent,
	StunEvent,
	UnreachableEvent,
} from '../trace/observed.js';
import type { SourceFacts } from '../trace/source-facts.js';
import type { ResponseTimes } from './response-times.js';

/** A source that was read to its end. */
export interface ReadSource {
	readonly facts: SourceFacts;
	/** In order of time; of attempts that are all alike the first and the latest. */
	readonly transactions: readonly RegisterTransaction[];
	/** First send to final response of every REGISTER transaction. */
	readonly responseTimes: ResponseTimes;
	/** The first request other than REGISTER to each target, and of each sender. */
	readonly otherRequests: readonly Observed<SipRequest>[];
	readonly neighbours: readonly NeighbourEvent[];
	/** What the network told besides ICMP, as it came. */
	readonly failures: readonly AttemptEvent[];
	/** What was asked of name servers and may be about SIP, in order of time. */
	readonly lookups: readonly DnsEvent[];
	/** Responses to REGISTERs that this source does not show. */
	readonly orphanResponses: readonly Observed<SipResponse>[];
	/** Addresses of phones whose registrations had to make room: what the network says of them is of no other phone. */
	readonly formerClients: ReadonlySet<string>;
	/** Requests other than REGISTER towards phones, and whether they were answered. */
	readonly keepAlives: readonly KeepAlive[];
	/** Endpoints of phones that CRLF, zeros or STUN were sent from or to, `192.168.1.10:5060`. */
	readonly keptAlive: ReadonlySet<string>;
	/** What STUN servers told. */
	readonly stun: readonly StunEvent[];
	/** ICMP errors that quote no REGISTER of the source. */
	readonly refused: readonly UnreachableEvent[];
	/** Data of connections with SIP that went by and is not in this source. */
	readonly notCaptured: readonly NotCapturedEvent[];
	/** The registrations that a probe set out to make, where the source is one, live or saved. */
	readonly probes: readonly ProbeEvent[];
	/** What a probe tried out, live or saved, in order. */
	readonly experiments: readonly ExperimentEvent[];
	/** What a probe was answered to requests other than REGISTER: the first answer over each way. */
	readonly otherAnswers: readonly Observed<SipResponse>[];
	/** Who tried names and passwords; nothing of it is among the transactions. */
	readonly scanners: ScannerTraffic;
	/** What the credentials of a transaction are against the accounts; cheap for those that were read last. */
	readonly checked: (transaction: RegisterTransaction, skeleton?: number) => DigestCheck['kind'];
}

/** What a source that is still being read has shown. */
export interface FoundSoFar {
	/** Up to the last SIP message. */
	readonly packets: number;
	/** Addresses-of-record, as far as a REGISTER of theirs is over. */
	readonly registrations: number;
}
