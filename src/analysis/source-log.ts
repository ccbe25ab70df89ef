/** What one source told, kept as far as registrations need it; everything else is counted and let go. */
import { OddityCounter } from '../bytes/oddity.js';
import type { AttemptEvent } from '../registration/registration.js';
import type { SipMessage, SipRequest, SipResponse } from '../sip/message.js';
import type {
	DnsEvent,
	NeighbourEvent,
	NetworkEvent,
	Observed,
	ProbeEvent,
	TraceSink,
} from '../trace/observed.js';
import type { SourceFacts } from '../trace/source-facts.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { TransactionTracker } from '../transaction/transaction-tracker.js';
import { LookupLog } from './lookup-log.js';

/** Bounds of the tables: enough for any site, too little to be filled up by an attacker. */
const MAX_OTHER_REQUESTS = 20_000;
const MAX_NEIGHBOURS = 4_096;
const MAX_FAILURES = 10_000;

/** A source that was read to its end. */
export interface ReadSource {
	readonly facts: SourceFacts;
	readonly transactions: readonly ClientTransaction[];
	/** Requests other than REGISTER, which may show where a registrar sends what it was told. */
	readonly otherRequests: readonly Observed<SipRequest>[];
	readonly neighbours: readonly NeighbourEvent[];
	/** What the network told besides ICMP, as it came. */
	readonly failures: readonly AttemptEvent[];
	/** What was asked of name servers and may be about SIP, in order of time. */
	readonly lookups: readonly DnsEvent[];
	/** Responses to REGISTERs that this source does not show. */
	readonly orphanResponses: readonly Observed<SipResponse>[];
	/** Present where the source is a probe, live or saved. */
	readonly probe: ProbeEvent | undefined;
}

export class SourceLog implements TraceSink {
	readonly #tracker = new TransactionTracker();
	readonly #otherRequests: Observed<SipRequest>[] = [];
	readonly #neighbours = new Map<string, NeighbourEvent>();
	readonly #failures: AttemptEvent[] = [];
	#failuresDropped = 0;
	#firstFailureDropped = 0;
	readonly #lookups = new LookupLog();
	#probe: ProbeEvent | undefined;

	message(observed: Observed): void {
		if (isOtherRequest(observed)) {
			if (this.#otherRequests.length < MAX_OTHER_REQUESTS) this.#otherRequests.push(observed);
			return;
		}
		this.#tracker.message(observed);
	}

	event(event: NetworkEvent): void {
		switch (event.kind) {
			case 'unreachable':
				this.#tracker.unreachable(event);
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
		}
	}

	/** Ends the log: what was read, with the losses of the tracker among the oddities. */
	finish(facts: SourceFacts): ReadSource {
		return {
			facts: { ...facts, oddities: [...facts.oddities, ...this.#oddities().list()] },
			transactions: this.#tracker.transactions(),
			otherRequests: this.#otherRequests,
			neighbours: [...this.#neighbours.values()],
			failures: this.#failures,
			lookups: this.#lookups.list(),
			orphanResponses: this.#tracker.losses().orphans,
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

function isOtherRequest(observed: Observed<SipMessage>): observed is Observed<SipRequest> {
	return observed.message.kind === 'request' && observed.message.method !== 'REGISTER';
}
