/** What one source told, kept as far as registrations need it; everything else is counted and let go. */
import { OddityCounter } from '../bytes/oddity.js';
import { type Endpoint, formatEndpoint } from '../net/endpoint.js';
import type { Account } from '../registration/account.js';
import { AttemptLog } from '../registration/attempt-log.js';
import { HopJoiner, joinHops } from '../registration/hops.js';
import type { RegisterTransaction } from '../registration/registration.js';
import { DigestChecker, type FreshVerifier } from '../registration/repeated-digest.js';
import { ScannedRegister } from '../registration/scanned-register.js';
import { NO_SCANNERS } from '../registration/scanner.js';
import { ScannerLog } from '../registration/scanner-log.js';
import type { SipMessage, SipRequest, SipResponse } from '../sip/message.js';
import { identityOf } from '../sip/message-identity.js';
import type { Instant } from '../time/instant.js';
import { isRegister, isRequest, isResponse } from '../trace/message-kinds.js';
import type { NetworkEvent, Observed, TraceSink } from '../trace/observed.js';
import type { Answered, MessageTimes, Repeatable, ToldExchange } from '../trace/repeatable.js';
import type { SourceFacts } from '../trace/source-facts.js';
import { TransactionTracker } from '../transaction/transaction-tracker.js';
import { ContactLog } from './contact-log.js';
import { KeepAliveLog } from './keep-alive-log.js';
import { NetworkLog } from './network-log.js';
import { OtherRequests } from './other-requests.js';
import type { FoundSoFar, ReadSource } from './read-source.js';
import { isTold, movedTo, repeatedAttempt } from './repeated-attempt.js';
import { ResponseTimes } from './response-times.js';

/** Addresses-of-record at one time: more than a report tells in full, and as many as memory is for. */
const MAX_AORS = 12_000;
/** How many make room at one time: those that are alike are looked at once, with what is the same for all of them. */
const PART = 1_000;

/** What is done where there are more addresses-of-record than are kept. */
export interface MakingRoom {
	/** Takes those that make room, of each all that is known of it by now. */
	readonly onFull: (part: ReadSource) => void;
	/** True for a phone that makes room after all others. */
	readonly isAsked: (transaction: RegisterTransaction) => boolean;
}

const NOBODY_ASKED: MakingRoom = { onFull: () => undefined, isAsked: () => false };

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
const SWEEP_EVERY = 16;

/** Transactions that are still waited for at the end; of more, those that say nothing new are counted and let go. */
const MANY_OPEN = 2_000;

/** Ways over which a probe was answered to anything but REGISTER: enough for any, too little to be filled up. */
const MAX_OTHER_ANSWERS = 200;

export class SourceLog implements TraceSink {
	readonly #tracker = new TransactionTracker();
	readonly #joiner = new HopJoiner();
	readonly #scanners = new ScannerLog();
	readonly #digests: DigestChecker;
	readonly #checked: ReadSource['checked'];
	readonly #attempts: AttemptLog;
	readonly #room: MakingRoom;
	readonly #responseTimes = new ResponseTimes();
	/** Messages since the tracker was last asked what is over. */
	#sinceSweep = 0;
	#lastFrame = 0;
	/** Addresses-of-record that had to make room. */
	#madeRoom = 0;
	readonly #otherRequests = new OtherRequests();
	readonly #contacts = new ContactLog();
	readonly #network = new NetworkLog();
	readonly #keepAlives = new KeepAliveLog();
	readonly #otherAnswers = new Map<string, Observed<SipResponse>>();

	/** `accounts` are those that the digests will be checked with: one that fails is kept apart from one that does not. */
	constructor(accounts: readonly Account[] = [], room: MakingRoom = NOBODY_ASKED) {
		this.#room = room;
		this.#digests = new DigestChecker(accounts);
		this.#checked = (transaction, skeleton) => this.#digests.kindOf(transaction, skeleton);
		this.#attempts = new AttemptLog(this.#checked);
	}

	/** How far the source was read. */
	soFar(): FoundSoFar {
		return { packets: this.#lastFrame, registrations: this.#madeRoom + this.#attempts.size };
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
		this.#passed(1, observed.at);
	}

	#passed(messages: number, now: Instant): void {
		this.#sinceSweep += messages;
		if (this.#sinceSweep < SWEEP_EVERY) return;
		this.#sinceSweep = 0;
		this.#sweep(now);
	}

	/** Not before the exchange was taken in, and only where it was told as it was: whole, once, and over one hop. */
	repeatable(exchange: ToldExchange): Repeatable | undefined {
		const last = this.#attempts.lastOf(exchange);
		// Of an address-of-record that may have to make room everything is told.
		if (last === undefined || this.#network.isProbe || this.#madeRoom > 0) return undefined;
		if (!isTold(last.run, exchange.frames)) return undefined;
		const verifiers: (FreshVerifier | 'any')[] = [];
		for (const transaction of last.run) {
			const verifier = this.#digests.verifierOf(transaction);
			if (verifier === undefined) return undefined;
			verifiers.push(verifier);
		}
		const { address } = exchange;
		/** Of the REGISTERs of a phone that was never registered, which is watched. */
		const watched = new Map<RegisterTransaction, ScannedRegister>();
		// Once it is honest, it stays.
		let isHonest = false;
		const isTimedOnly = (): boolean => {
			isHonest ||= this.#scanners.isHonest(address);
			return isHonest;
		};
		return repeatedAttempt(last, verifiers, {
			again: (transaction, sentAt, answeredAt) => {
				if (isTimedOnly()) return;
				const read =
					watched.get(transaction) ?? new ScannedRegister(transaction.phone.request.message.wire);
				watched.set(transaction, read);
				this.#scanners.add(movedTo(transaction, sentAt, answeredAt), read);
			},
			timed: (times, answered) => this.timed(times, answered),
			isTimedOnly,
		});
	}

	timed(times: MessageTimes, answered: readonly Answered[]): void {
		for (const { sent, final } of answered)
			this.#responseTimes.addTime(times.timeOf(final) - times.timeOf(sent));
		const now = times.timeOf(times.count - 1);
		this.#lastFrame = times.lastFrame;
		this.#tracker.passed(times.count, now);
		this.#passed(times.count, now);
	}

	/** Takes in what is over at `now`. */
	#sweep(now: Instant): void {
		for (const transaction of this.#tracker.takeOver()) {
			for (const complete of this.#joiner.add(transaction)) {
				if (this.#scanners.add(complete)) continue;
				this.#responseTimes.add(complete);
				this.#attempts.add(complete);
			}
		}
		if (this.#attempts.size > MAX_AORS) this.#makeRoom(now);
	}

	#makeRoom(now: Instant): void {
		const { count, transactions } = this.#attempts.takeOut(PART, this.#room.isAsked);
		this.#madeRoom += count;
		this.#room.onFull({
			...this.#told(),
			facts: { ...PART_FACTS, lastPacketAt: now },
			transactions: transactions
				.filter((transaction) => !this.#scanners.has(transaction))
				.toSorted(byStart),
			responseTimes: new ResponseTimes(),
			failures: [],
			orphanResponses: [],
			scanners: NO_SCANNERS,
		});
	}

	/** What is the same for all registrations. */
	#told(): Omit<
		ReadSource,
		'facts' | 'transactions' | 'responseTimes' | 'failures' | 'orphanResponses' | 'scanners'
	> {
		return {
			...this.#network.told(),
			otherRequests: this.#otherRequests.all(),
			keepAlives: this.#keepAlives.list(),
			keptAlive: this.#keepAlives.keptAlive,
			otherAnswers: [...this.#otherAnswers.values()],
			formerClients: this.#attempts.formerClients,
			checked: this.#checked,
		};
	}

	wantsRequest(requestUri: string, dst: Endpoint, method: string, src?: Endpoint): boolean {
		if (this.#keepAlives.wants(method, dst)) return true;
		return this.#otherRequests.wants({
			...{ requestUri, method, src, dst },
			isForPhone: this.#contacts.has(dst),
		});
	}

	wantsResponse(src: Endpoint): boolean {
		return this.#network.isProbe || this.#keepAlives.awaits(src);
	}

	#answer(observed: Observed<SipResponse>): void {
		this.#keepAlives.response(observed);
		if (!this.#network.isProbe || this.#otherAnswers.size >= MAX_OTHER_ANSWERS) return;
		if (identityOf(observed.message).cseq?.method === 'REGISTER') return;
		const { transport, src, dst } = observed;
		const way = `${transport} ${formatEndpoint(src)} ${formatEndpoint(dst)}`;
		if (!this.#otherAnswers.has(way)) this.#otherAnswers.set(way, observed);
	}

	#notePhone({ message, src }: Observed<SipRequest>): void {
		this.#keepAlives.notePhone(src);
		for (const place of this.#contacts.add(message, src)) this.#keepAlives.notePhone(place);
	}

	event(event: NetworkEvent): void {
		switch (event.kind) {
			case 'unreachable':
				if (!this.#tracker.unreachable(event)) this.#network.refused(event);
				return;
			case 'connection':
			case 'resolution':
			case 'tls':
			case 'websocket':
			case 'fragments-lost':
			case 'neighbour-unanswered':
			case 'foreign-answer':
				this.#network.failure(event);
				return;
			case 'not-captured':
				this.#network.notCaptured(event);
				return;
			case 'neighbour':
				this.#network.neighbour(event);
				return;
			case 'dns':
				this.#network.lookup(event);
				return;
			case 'probe':
				this.#network.probe(event);
				return;
			case 'experiment':
				this.#network.experiment(event);
				return;
			case 'ping':
				this.#keepAlives.ping(event);
				return;
			case 'stun':
				this.#keepAlives.ping(event);
				this.#network.stun(event);
				return;
			case 'dhcp':
				// Told by the trace; what they explain is decided by rules to come.
				return;
		}
	}

	/** Ends the log: what was read, with the losses of the tracker among the oddities. */
	finish(facts: SourceFacts): ReadSource {
		const pending = joinHops([...this.#joiner.pending(), ...this.#tracker.transactions()]);
		const { isProbe } = this.#network;
		const scanners = isProbe ? new ScannerLog() : this.#scanners.copy();
		if (!isProbe) for (const transaction of pending) scanners.add(transaction);
		const isWanted = (transaction: RegisterTransaction): boolean =>
			isProbe || !scanners.has(transaction);
		const waiting = pending.filter(isWanted);
		const open = this.#fewOf(waiting);
		const told = this.#told();
		return {
			facts: { ...facts, oddities: [...facts.oddities, ...this.#oddities().list()] },
			transactions: [...this.#attempts.transactions().filter(isWanted), ...open].toSorted(byStart),
			responseTimes: this.#responseTimes.with(waiting),
			...told,
			formerClients: new Set([...told.formerClients, ...scanners.addresses()]),
			scanners: scanners.traffic(),
			failures: this.#network.failures,
			orphanResponses: this.#tracker.losses().orphans,
		};
	}

	/** A phone that storms has as many as it likes, and each would be held against all others of its registration. */
	#fewOf(open: readonly RegisterTransaction[]): readonly RegisterTransaction[] {
		if (open.length <= MANY_OPEN) return open;
		const log = new AttemptLog(this.#checked);
		for (const transaction of open) log.add(transaction);
		return log.transactions();
	}

	#oddities(): OddityCounter {
		const { orphanResponses, firstOrphanFrame, dropped, copies, firstCopyFrame } =
			this.#tracker.losses();
		const oddities = new OddityCounter();
		const orphan = 'a response to a REGISTER that is not in the capture';
		oddities.add('response-without-request', 'sip', firstOrphanFrame, orphan, orphanResponses);
		const bound = 'more REGISTER transactions than are kept; the rest is not analysed';
		oddities.add('transactions-dropped', 'sip', 0, bound, dropped);
		const again = 'more copies of one message than are listed; they are counted';
		oddities.add('copies-not-listed', 'sip', firstCopyFrame, again, copies);
		this.#network.countDropped(oddities);
		return oddities;
	}
}

function byStart(a: RegisterTransaction, b: RegisterTransaction): number {
	return a.phone.request.at - b.phone.request.at;
}

function isOtherRequest(observed: Observed<SipMessage>): observed is Observed<SipRequest> {
	return isRequest(observed) && !isRegister(observed);
}
