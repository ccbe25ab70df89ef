/** What one source told, kept as far as registrations need it; everything else is counted and let go. */
import { OddityCounter } from '../bytes/oddity.js';
import { canonicalAddress, isIpAddress } from '../net/address.js';
import type { Endpoint } from '../net/endpoint.js';
import type { KeepAlive } from '../registration/keep-alive.js';
import { contactsOf, requestTarget } from '../registration/register-request.js';
import type { AttemptEvent } from '../registration/registration.js';
import type { SipMessage, SipRequest, SipResponse } from '../sip/message.js';
import type {
	DnsEvent,
	NeighbourEvent,
	NetworkEvent,
	Observed,
	ProbeEvent,
	StunEvent,
	TraceSink,
	UnreachableEvent,
} from '../trace/observed.js';
import type { SourceFacts } from '../trace/source-facts.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { TransactionTracker } from '../transaction/transaction-tracker.js';
import { KeepAliveLog } from './keep-alive-log.js';
import { LookupLog } from './lookup-log.js';

/** Bounds of the tables: enough for any site, too little to be filled up by an attacker. */
/** Requests kept before it is known which addresses belong to phones, and behind that. */
const MAX_UNKNOWN_TARGETS = 500;
const MAX_OTHER_REQUESTS = 4_000;
const MAX_CONTACTS = 100_000;
const MAX_NEIGHBOURS = 4_096;
const MAX_FAILURES = 10_000;
const MAX_STUN = 2_000;
const MAX_REFUSED = 1_000;

/** A source that was read to its end. */
export interface ReadSource {
	readonly facts: SourceFacts;
	readonly transactions: readonly ClientTransaction[];
	/** The first request other than REGISTER to each target, which may show where a registrar sends what it was told. */
	readonly otherRequests: readonly Observed<SipRequest>[];
	readonly neighbours: readonly NeighbourEvent[];
	/** What the network told besides ICMP, as it came. */
	readonly failures: readonly AttemptEvent[];
	/** What was asked of name servers and may be about SIP, in order of time. */
	readonly lookups: readonly DnsEvent[];
	/** Responses to REGISTERs that this source does not show. */
	readonly orphanResponses: readonly Observed<SipResponse>[];
	/** Requests other than REGISTER towards phones, and whether they were answered. */
	readonly keepAlives: readonly KeepAlive[];
	/** Endpoints of phones that CRLF, zeros or STUN were sent from or to, `192.168.1.10:5060`. */
	readonly keptAlive: ReadonlySet<string>;
	/** What STUN servers told. */
	readonly stun: readonly StunEvent[];
	/** ICMP errors that quote no REGISTER of the source. */
	readonly refused: readonly UnreachableEvent[];
	/** Present where the source is a probe, live or saved. */
	readonly probe: ProbeEvent | undefined;
}

export class SourceLog implements TraceSink {
	readonly #tracker = new TransactionTracker();
	/** The first request to each target; a later one shows nothing new. */
	readonly #otherRequests = new Map<string, Observed<SipRequest>>();
	/** Where the Contacts of REGISTERs point to, `address:port`. */
	readonly #contacts = new Set<string>();
	readonly #neighbours = new Map<string, NeighbourEvent>();
	readonly #failures: AttemptEvent[] = [];
	#failuresDropped = 0;
	#firstFailureDropped = 0;
	readonly #lookups = new LookupLog();
	readonly #keepAlives = new KeepAliveLog();
	readonly #stun: StunEvent[] = [];
	readonly #refused: UnreachableEvent[] = [];
	#probe: ProbeEvent | undefined;

	message(observed: Observed): void {
		if (isOtherRequest(observed)) {
			this.#keepAlives.request(observed);
			const target = requestTarget(observed.message.requestUri, observed.dst);
			const isNew = !this.#otherRequests.has(target);
			if (isNew && this.#otherRequests.size < MAX_OTHER_REQUESTS)
				this.#otherRequests.set(target, observed);
			return;
		}
		if (isRequest(observed)) this.#notePhone(observed);
		else if (isResponse(observed)) this.#keepAlives.response(observed);
		this.#tracker.message(observed);
	}

	wantsRequest(requestUri: string, dst: Endpoint, method: string): boolean {
		if (this.#keepAlives.wants(method, dst)) return true;
		if (this.#otherRequests.size >= MAX_OTHER_REQUESTS) return false;
		const isOfPhone = this.#contacts.has(`${dst.address}:${dst.port}`);
		if (!isOfPhone && this.#otherRequests.size >= MAX_UNKNOWN_TARGETS) return false;
		return !this.#otherRequests.has(requestTarget(requestUri, dst));
	}

	wantsResponse(src: Endpoint): boolean {
		return this.#keepAlives.awaits(src);
	}

	#notePhone({ message, src }: Observed<SipRequest>): void {
		this.#keepAlives.notePhone(src.address, src.port);
		if (this.#contacts.size >= MAX_CONTACTS) return;
		for (const { uri } of contactsOf(message)) {
			const host = uri.host ?? '';
			const port = uri.port ?? 5060;
			this.#contacts.add(`${host}:${port}`);
			if (isIpAddress(host)) this.#keepAlives.notePhone(canonicalAddress(host), port);
		}
	}

	event(event: NetworkEvent): void {
		switch (event.kind) {
			case 'unreachable':
				if (!this.#tracker.unreachable(event) && this.#refused.length < MAX_REFUSED)
					this.#refused.push(event);
				return;
			case 'connection':
			case 'resolution':
			case 'tls':
			case 'websocket':
			case 'fragments-lost':
			case 'neighbour-unanswered':
			case 'foreign-answer':
				this.#failure(event);
				return;
			case 'neighbour':
				if (this.#neighbours.size < MAX_NEIGHBOURS) this.#neighbours.set(event.address, event);
				return;
			case 'dns':
				this.#lookups.add(event);
				return;
			case 'probe':
				this.#probe ??= event;
				return;
			case 'ping':
				this.#keepAlives.ping(event);
				return;
			case 'stun':
				this.#keepAlives.ping(event);
				if (event.message === 'success' && this.#stun.length < MAX_STUN) this.#stun.push(event);
				return;
			case 'dhcp':
				// Told by the trace; what they explain is decided by rules to come.
				return;
		}
	}

	/** Ends the log: what was read, with the losses of the tracker among the oddities. */
	finish(facts: SourceFacts): ReadSource {
		return {
			facts: { ...facts, oddities: [...facts.oddities, ...this.#oddities().list()] },
			transactions: this.#tracker.transactions(),
			otherRequests: [...this.#otherRequests.values()],
			neighbours: [...this.#neighbours.values()],
			failures: this.#failures,
			lookups: this.#lookups.list(),
			orphanResponses: this.#tracker.losses().orphans,
			keepAlives: this.#keepAlives.list(),
			keptAlive: this.#keepAlives.keptAlive,
			stun: this.#stun,
			refused: this.#refused,
			probe: this.#probe,
		};
	}

	#failure(event: AttemptEvent): void {
		if (this.#failures.length < MAX_FAILURES) {
			this.#failures.push(event);
			return;
		}
		this.#failuresDropped += 1;
		if (this.#firstFailureDropped === 0) this.#firstFailureDropped = event.frame;
	}

	#oddities(): OddityCounter {
		const { orphanResponses, firstOrphanFrame, dropped } = this.#tracker.losses();
		const oddities = new OddityCounter();
		const orphan = 'a response to a REGISTER that is not in the capture';
		oddities.add('response-without-request', 'sip', firstOrphanFrame, orphan, orphanResponses);
		const bound = 'more REGISTER transactions than are kept; the rest is not analysed';
		oddities.add('transactions-dropped', 'sip', 0, bound, dropped);
		const names =
			'more names were asked for than are kept; the rest is not joined to registrations';
		oddities.add('dns-lookups-dropped', 'dns', 0, names, this.#lookups.dropped);
		const events =
			'more failed connections and lost fragments than are kept; the rest is not joined';
		const first = this.#firstFailureDropped;
		oddities.add('network-events-dropped', 'trace', first, events, this.#failuresDropped);
		return oddities;
	}
}

function isRequest(observed: Observed<SipMessage>): observed is Observed<SipRequest> {
	return observed.message.kind === 'request';
}

function isResponse(observed: Observed<SipMessage>): observed is Observed<SipResponse> {
	return observed.message.kind === 'response';
}

function isOtherRequest(observed: Observed<SipMessage>): observed is Observed<SipRequest> {
	return observed.message.kind === 'request' && observed.message.method !== 'REGISTER';
}
