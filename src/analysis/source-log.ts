/** What one source told, kept as far as registrations need it; everything else is counted and let go. */
import { detached } from '../bytes/detached.js';
import { OddityCounter } from '../bytes/oddity.js';
import { canonicalAddress, isIpAddress } from '../net/address.js';
import { type Endpoint, formatEndpoint } from '../net/endpoint.js';
import type { Account } from '../registration/account.js';
import { AttemptLog } from '../registration/attempt-log.js';
import type { DigestCheck } from '../registration/digest-check.js';
import { HopJoiner, joinHops } from '../registration/hops.js';
import type { KeepAlive } from '../registration/keep-alive.js';
import { contactsOf } from '../registration/register-request.js';
import type { AttemptEvent, RegisterTransaction } from '../registration/registration.js';
import { DigestChecker } from '../registration/repeated-digest.js';
import { NO_SCANNERS, type ScannerTraffic } from '../registration/scanner.js';
import { ScannerLog } from '../registration/scanner-log.js';
import type { SipMessage, SipRequest, SipResponse } from '../sip/message.js';
import { identityOf } from '../sip/message-identity.js';
import type { Instant } from '../time/instant.js';
import type {
	DnsEvent,
	ExperimentEvent,
	NeighbourEvent,
	NetworkEvent,
	Observed,
	ProbeEvent,
	StunEvent,
	TraceSink,
	UnreachableEvent,
} from '../trace/observed.js';
import type { SourceFacts } from '../trace/source-facts.js';
import { TransactionTracker } from '../transaction/transaction-tracker.js';
import { KeepAliveLog } from './keep-alive-log.js';
import { LookupLog } from './lookup-log.js';
import { OtherRequests } from './other-requests.js';
import { ResponseTimes } from './response-times.js';

/** Addresses-of-record at one time: more than a report tells in full, and as many as memory is for. */
const MAX_AORS = 12_000;

/** What a part of a source is called in its facts; nobody reads them. */
const PART_FACTS = {
	kind: 'capture',
	name: '',
	format: '',
	linkTypes: [],
	packets: 0,
	bytes: 0,
	sipMessages: 0,
	registerRequests: 0,
	firstPacketAt: undefined,
	truncated: false,
	oddities: [],
} as const;

/** How often finished transactions are looked for: seldom, as nothing is lost by waiting. */
const SWEEP_EVERY = 256;

/** Bounds of the tables: enough for any site, too little to be filled up by an attacker. */
const MAX_CONTACTS = 100_000;
const MAX_NEIGHBOURS = 4_096;
const MAX_FAILURES = 10_000;
const MAX_STUN = 2_000;
const MAX_REFUSED = 1_000;
/** Transports and targets of one probe; a file that was made up may hold more. */
const MAX_PROBES = 100;
const MAX_EXPERIMENTS = 50;
const MAX_OTHER_ANSWERS = 200;

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
	/** The registrations that a probe set out to make, where the source is one, live or saved. */
	readonly probes: readonly ProbeEvent[];
	/** What a probe tried out, live or saved, in order. */
	readonly experiments: readonly ExperimentEvent[];
	/** What a probe was answered to requests other than REGISTER: the first answer over each way. */
	readonly otherAnswers: readonly Observed<SipResponse>[];
	/** Who tried names and passwords; nothing of it is among the transactions. */
	readonly scanners: ScannerTraffic;
	/** What the credentials of a transaction are against the accounts; cheap for those that were read last. */
	readonly checked: (transaction: RegisterTransaction, skeleton: number) => DigestCheck['kind'];
}

/** What a source that is still being read has shown. */
export interface FoundSoFar {
	/** Up to the last SIP message. */
	readonly packets: number;
	/** Addresses-of-record, as far as a REGISTER of theirs is over. */
	readonly registrations: number;
}

export class SourceLog implements TraceSink {
	readonly #tracker = new TransactionTracker();
	readonly #joiner = new HopJoiner();
	readonly #scanners = new ScannerLog();
	readonly #checked: ReadSource['checked'];
	readonly #attempts: AttemptLog;
	readonly #onFull: (part: ReadSource) => void;
	readonly #responseTimes = new ResponseTimes();
	/** Messages since the tracker was last asked what is over. */
	#sinceSweep = 0;
	#lastFrame = 0;
	/** Addresses-of-record that had to make room. */
	#partsTold = 0;
	readonly #otherRequests = new OtherRequests();
	/** Where the Contacts of REGISTERs point to, `address:port`. */
	readonly #contacts = new Set<string>();
	/** Contact lines of which that is known. */
	readonly #contactTexts = new Set<string>();
	readonly #neighbours = new Map<string, NeighbourEvent>();
	readonly #failures: AttemptEvent[] = [];
	#failuresDropped = 0;
	#firstFailureDropped = 0;
	readonly #lookups = new LookupLog();
	readonly #keepAlives = new KeepAliveLog();
	readonly #stun: StunEvent[] = [];
	readonly #refused: UnreachableEvent[] = [];
	readonly #probes: ProbeEvent[] = [];
	readonly #experiments: ExperimentEvent[] = [];
	readonly #otherAnswers = new Map<string, Observed<SipResponse>>();

	/**
	 * `accounts` are those that the digests will be checked with: one that fails is kept apart from one that does not.
	 * `onFull` is given one address-of-record at a time where there are more than are kept.
	 */
	constructor(
		accounts: readonly Account[] = [],
		onFull: (part: ReadSource) => void = () => undefined,
	) {
		this.#onFull = onFull;
		const digests = new DigestChecker(accounts);
		this.#checked = (transaction, skeleton) => digests.kindOf(transaction, skeleton);
		this.#attempts = new AttemptLog(this.#checked);
	}

	/** How far the source was read. */
	soFar(): FoundSoFar {
		return { packets: this.#lastFrame, registrations: this.#partsTold + this.#attempts.size };
	}

	message(observed: Observed): void {
		this.#lastFrame = observed.frame;
		if (isOtherRequest(observed)) {
			if (this.#scanners.addOther(observed)) return;
			this.#keepAlives.request(observed);
			this.#otherRequests.add(observed);
			return;
		}
		if (isRequest(observed)) this.#notePhone(observed);
		else if (isResponse(observed)) this.#answer(observed);
		this.#tracker.message(observed);
		this.#sinceSweep += 1;
		if (this.#sinceSweep < SWEEP_EVERY) return;
		this.#sinceSweep = 0;
		this.#sweep(observed.at);
	}

	/** Takes in what is over at `now`. */
	#sweep(now: Instant): void {
		for (const transaction of this.#tracker.takeOver(now)) {
			for (const complete of this.#joiner.add(transaction)) {
				if (this.#scanners.add(complete)) continue;
				this.#responseTimes.add(complete);
				this.#attempts.add(complete);
			}
		}
		if (this.#attempts.size <= MAX_AORS) return;
		const part = {
			...this.#told(),
			facts: { ...PART_FACTS, lastPacketAt: now },
			responseTimes: new ResponseTimes(),
			failures: [],
			orphanResponses: [],
			scanners: NO_SCANNERS,
		};
		while (this.#attempts.size > MAX_AORS) {
			const taken = this.#attempts.takeOldest();
			const transactions = taken.filter((transaction) => !this.#scanners.has(transaction));
			if (transactions.length === 0) continue;
			this.#partsTold += 1;
			this.#onFull({ ...part, transactions });
		}
	}

	/** What is the same for all registrations. */
	#told(): Omit<
		ReadSource,
		'facts' | 'transactions' | 'responseTimes' | 'failures' | 'orphanResponses' | 'scanners'
	> {
		return {
			otherRequests: this.#otherRequests.all(),
			neighbours: [...this.#neighbours.values()],
			lookups: this.#lookups.list(),
			keepAlives: this.#keepAlives.list(),
			keptAlive: this.#keepAlives.keptAlive,
			stun: this.#stun,
			refused: this.#refused,
			probes: this.#probes,
			experiments: this.#experiments,
			otherAnswers: [...this.#otherAnswers.values()],
			formerClients: this.#attempts.formerClients,
			checked: this.#checked,
		};
	}

	wantsRequest(requestUri: string, dst: Endpoint, method: string, src?: Endpoint): boolean {
		if (this.#keepAlives.wants(method, dst)) return true;
		const isForPhone = this.#contacts.has(`${dst.address}:${dst.port}`);
		return this.#otherRequests.wants({ requestUri, method, src, dst, isForPhone });
	}

	wantsResponse(src: Endpoint): boolean {
		return this.#probes.length > 0 || this.#keepAlives.awaits(src);
	}

	#answer(observed: Observed<SipResponse>): void {
		this.#keepAlives.response(observed);
		if (this.#probes.length === 0 || this.#otherAnswers.size >= MAX_OTHER_ANSWERS) return;
		if (identityOf(observed.message).cseq?.method === 'REGISTER') return;
		const { transport, src, dst } = observed;
		const way = `${transport} ${formatEndpoint(src)} ${formatEndpoint(dst)}`;
		if (!this.#otherAnswers.has(way)) this.#otherAnswers.set(way, observed);
	}

	/** A phone says the same Contact each time, and to read it costs more than all else that is done with a refresh. */
	#notePhone({ message, src }: Observed<SipRequest>): void {
		this.#keepAlives.notePhone(src.address, src.port);
		if (this.#contacts.size >= MAX_CONTACTS) return;
		const written = contactText(message.wire);
		if (this.#contactTexts.has(written)) return;
		this.#contactTexts.add(detached(written));
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
				this.#probed(event);
				return;
			case 'experiment':
				if (this.#experiments.length < MAX_EXPERIMENTS) this.#experiments.push(event);
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
		const pending = joinHops([...this.#joiner.pending(), ...this.#tracker.transactions()]);
		const scanners = this.#probes.length === 0 ? this.#scanners.copy() : new ScannerLog();
		if (this.#probes.length === 0) for (const transaction of pending) scanners.add(transaction);
		const isWanted = (transaction: RegisterTransaction): boolean =>
			this.#probes.length > 0 || !scanners.has(transaction);
		const open = pending.filter(isWanted);
		const told = this.#told();
		return {
			facts: { ...facts, oddities: [...facts.oddities, ...this.#oddities().list()] },
			transactions: [...this.#attempts.transactions().filter(isWanted), ...open].toSorted(byStart),
			responseTimes: this.#responseTimes.with(open),
			...told,
			formerClients: new Set([...told.formerClients, ...scanners.addresses()]),
			scanners: scanners.traffic(),
			failures: this.#failures,
			orphanResponses: this.#tracker.losses().orphans,
		};
	}

	/** What a probe sets out to do, or that it is done with it. */
	#probed(event: ProbeEvent): void {
		const last = this.#probes.at(-1);
		if (last !== undefined && event.isOver)
			this.#probes[this.#probes.length - 1] = { ...last, isOver: true };
		else if (this.#probes.length < MAX_PROBES) this.#probes.push(event);
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

/** The Contact lines as written, from the first to the end of the last. */
function contactText(wire: string): string {
	const [long, short] = [wire.indexOf('\nContact:'), wire.indexOf('\nm:')];
	const usual = long < 0 || short < 0 ? Math.max(long, short) : Math.min(long, short);
	const first = usual < 0 ? wire.search(/\n(?:contact|m)[ \t]*:/i) : usual;
	if (first < 0) return '';
	const last = Math.max(first, wire.lastIndexOf('\nContact:'), wire.lastIndexOf('\nm:'));
	const end = wire.indexOf('\n', last + 1);
	return wire.slice(first, end < 0 ? wire.length : end);
}

function byStart(a: RegisterTransaction, b: RegisterTransaction): number {
	return a.phone.request.at - b.phone.request.at;
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
