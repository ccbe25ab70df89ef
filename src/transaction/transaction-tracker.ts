/*
 * Puts REGISTER requests and their responses together as they are seen, hop by hop (RFC 3261 §17.1.3, §17.2.3).
 * Takes observed messages in order of time, gives client transactions. Knows nothing of devices, attempts or causes.
 */

import type { Endpoint } from '../net/endpoint.js';
import { formatEndpoint, sameEndpoint } from '../net/endpoint.js';
import type { Transport } from '../net/transport.js';
import { uniqueBranch } from '../sip/headers/via.js';
import type { SipMessage, SipRequest, SipResponse } from '../sip/message.js';
import { identityOf, type MessageIdentity } from '../sip/message-identity.js';
import type { Instant } from '../time/instant.js';
import { elapsedMs } from '../time/instant.js';
import { isReported } from '../trace/hep-report.js';
import { isRequest, isResponse } from '../trace/message-kinds.js';
import type { Observed, UnreachableEvent } from '../trace/observed.js';
import type { ClientTransaction } from './client-transaction.js';
import {
	isCutShort,
	isSameCut,
	matchOfCut,
	mayAnswerRegister,
	standInCallId,
} from './cut-messages.js';
import { EarlyResponses, isNotBefore } from './early-responses.js';
import { bestMatch, isRatherOf, QUIET_MS } from './response-match.js';
import { addSighting } from './sightings.js';

/** Beyond this many an entry is counted and dropped, so that hostile traffic cannot fill the memory. */
const MAX_TRANSACTIONS = 1_000_000;
const MAX_ORPHANS = 1_000;

/**
 * Requests of one identity, or of one pair of endpoints, among which an answer or an ICMP error looks for its own: the
 * latest. Requests without Call-ID and branch are all alike, and each answer would be held against every one of them.
 */
const MAX_CANDIDATES = 512;

/** The same where snaplens cut so much that there is no identity to look by. */
const MAX_CUT_CANDIDATES = 256;

/** Two times T2: a phone that did not get its answer has asked again by then. */
const ANSWERED_QUIET_MS = 8_000;
/** A phone that repeats one REGISTER for ever is not waited for; the ones behind it want to be told, too. */
const LONGEST_MS = 180_000;
/** A capture with fewer is kept whole. */
const KEPT_WHOLE = 2_000;
/** Clocks jump within a capture: from one message to the next no more time than this has passed. */
const LONGEST_STEP_MS = 5_000;
/** More than this at one time are over as soon as others come. */
const MAX_OPEN = 100_000;

interface Building {
	readonly client: Endpoint;
	readonly server: Endpoint;
	readonly source: string;
	readonly transport: Transport;
	/** The keys under which it is found. */
	readonly identity: string;
	readonly way: string;
	readonly branch: string | undefined;
	readonly callId: string;
	readonly cseq: number | undefined;
	readonly to: string;
	/** A phone that repeats CSeq and branch with new credentials has started a new transaction all the same. */
	readonly credentials: string;
	readonly sends: [Observed<SipRequest>, ...Observed<SipRequest>[]];
	/** Those before the last that were let go. */
	moreSends: number;
	responses: Observed<SipResponse>[];
	cutResponse: Observed<SipResponse> | undefined;
	readonly unreachable: UnreachableEvent[];
	/** When it began, and when it was last heard of, in ms of the tracker's clock. */
	readonly beganAt: number;
	heardAt: number;
}

export interface TrackerLosses {
	/** Responses to a REGISTER that was not seen. */
	readonly orphanResponses: number;
	readonly firstOrphanFrame: number;
	/** The first of them: a REGISTER was sent that this source does not show whole. */
	readonly orphans: readonly Observed<SipResponse>[];
	/** REGISTER requests beyond the bound. */
	readonly dropped: number;
	/** Copies of requests and responses beyond those that are kept of one. */
	readonly copies: number;
	readonly firstCopyFrame: number;
}

export class TransactionTracker {
	/** In the order in which they began; those before `#head` were taken. */
	#queue: Building[] = [];
	#head = 0;
	/** Every hop and copy of one request, for the responses to choose from. */
	readonly #byIdentity = new Map<string, Building[]>();
	/** The latest of a client's endpoint, for ICMP errors. */
	readonly #byClient = new Map<string, Building[]>();
	readonly #early = new EarlyResponses();
	readonly #orphans: Observed<SipResponse>[] = [];
	/** True once a REGISTER was cut by the snaplen. */
	#hasCut = false;
	#messages = 0;
	/** Milliseconds that have passed from message to message. */
	#clock = 0;
	#latest: Instant | undefined;
	#orphanResponses = 0;
	#firstOrphanFrame = 0;
	#dropped = 0;
	#copies = 0;
	#firstCopyFrame = 0;

	message(observed: Observed<SipMessage>): void {
		this.passed(1, observed.at);
		const { message } = observed;
		if (isRequest(observed)) {
			if (observed.message.method === 'REGISTER') this.#request(observed, identityOf(message));
			return;
		}
		const identity = identityOf(message);
		if (isResponse(observed) && mayAnswerRegister(observed, identity))
			this.#response(observed, identity);
	}

	/** So many messages went by, the last of them at `at`. */
	passed(messages: number, at: Instant): void {
		this.#messages += messages;
		const step = elapsedMs(this.#latest ?? at, at);
		if (step > 0) this.#clock += Math.min(step, LONGEST_STEP_MS * messages);
		this.#latest = at;
	}

	/** Files an ICMP error with the REGISTER it quotes; false where it quotes none. */
	unreachable(event: UnreachableEvent): boolean {
		const { src, dst, transport } = event.quoted;
		const sent = (this.#byClient.get(formatEndpoint(src)) ?? []).filter(
			(building) =>
				building.source === event.source &&
				building.transport === transport &&
				sameEndpoint(building.server, dst) &&
				building.sends.some(({ at }) => at <= event.at),
		);
		// Several lines of one phone share a flow: the quoted text says whose REGISTER it is, where enough is quoted.
		const quoted = sent.findLast(
			({ branch }) => branch !== undefined && event.quoted.text.includes(branch),
		);
		const building = quoted ?? sent.at(-1);
		building?.unreachable.push(event);
		return building !== undefined;
	}

	/** Those that were not taken. */
	transactions(): readonly ClientTransaction[] {
		return this.#queue.slice(this.#head).map(finish);
	}

	/**
	 * Takes out those of which nothing more will be heard, in the order in which they began, up to the first one that is
	 * still going on.
	 */
	takeOver(): readonly ClientTransaction[] {
		const taken: ClientTransaction[] = [];
		for (;;) {
			const building = this.#queue[this.#head];
			if (building === undefined || !this.#isOver(building)) break;
			this.#head += 1;
			remove(this.#byIdentity, building.identity, building);
			remove(this.#byClient, building.way, building);
			taken.push(finish(building));
		}
		if (this.#head > this.#queue.length / 2) {
			this.#queue = this.#queue.slice(this.#head);
			this.#head = 0;
		}
		return taken;
	}

	losses(): TrackerLosses {
		const early = this.#early.list();
		return {
			orphanResponses: this.#orphanResponses + early.length,
			firstOrphanFrame: this.#firstOrphanFrame || (early[0]?.frame ?? 0),
			orphans: [...this.#orphans, ...early].slice(0, MAX_ORPHANS),
			dropped: this.#dropped,
			copies: this.#copies,
			firstCopyFrame: this.#firstCopyFrame,
		};
	}

	#isOver({ beganAt, heardAt, responses }: Building): boolean {
		if (this.#messages < KEPT_WHOLE) return false;
		if (this.#queue.length - this.#head > MAX_OPEN) return true;
		return (
			this.#clock - heardAt >= (isAnswered(responses) ? ANSWERED_QUIET_MS : QUIET_MS) ||
			this.#clock - beganAt >= LONGEST_MS
		);
	}

	#request(observed: Observed<SipRequest>, identity: MessageIdentity): void {
		const key = keyOf(identity);
		const known =
			this.#byIdentity.get(key)?.find((one) => isCopy(one, observed, identity)) ??
			this.#copyOfCut(observed, identity);
		if (known !== undefined) {
			this.#copy(known, observed);
			known.heardAt = this.#clock;
			return;
		}
		if (this.#queue.length - this.#head >= MAX_TRANSACTIONS) {
			this.#dropped += 1;
			return;
		}
		const building: Building = {
			client: observed.src,
			server: observed.dst,
			source: observed.source,
			transport: observed.transport,
			identity: key,
			way: formatEndpoint(observed.src),
			branch: identity.branch,
			callId: identity.callId,
			cseq: identity.cseq?.number,
			to: identity.to,
			credentials: identity.credentials,
			sends: [observed],
			moreSends: 0,
			responses: [],
			cutResponse: undefined,
			unreachable: [],
			beganAt: this.#clock,
			heardAt: this.#clock,
		};
		this.#queue.push(building);
		this.#hasCut ||= observed.cut;
		for (const other of this.#byIdentity.get(key) ?? []) this.#takeBack(building, other);
		append(this.#byIdentity, key, building);
		append(this.#byClient, building.way, building);
		for (const response of this.#early.takeFor(key, observed)) this.#answer(building, response);
	}

	/** What came before its request was seen may stand with another hop of it, whose way it did not quite go. */
	#takeBack(building: Building, other: Building): void {
		const [request] = building.sends;
		const own = other.responses.filter(
			(response) => isNotBefore(response, request) && isRatherOf(building, other, response),
		);
		if (own.length === 0) return;
		other.responses = other.responses.filter((response) => !own.includes(response));
		for (const response of own) this.#answer(building, response);
	}

	#response(observed: Observed<SipResponse>, identity: MessageIdentity): void {
		const key = keyOf(identity);
		const asked = isCutShort(observed, identity) ? undefined : this.#byIdentity.get(key);
		const building = bestMatch(asked ?? [], observed) ?? this.#ofCut(observed, identity);
		if (building !== undefined) this.#answer(building, observed);
		else if (identity.cseq !== undefined)
			for (const orphan of this.#early.add(key, observed)) this.#orphan(orphan);
	}

	/** Seen inside and outside a tunnel, one packet is cut in two places. */
	#copyOfCut(observed: Observed<SipRequest>, identity: MessageIdentity): Building | undefined {
		if (!observed.cut && !this.#hasCut) return undefined;
		return this.#latestOpen().find(
			(one) => isSameHop(one, observed) && isSameCut(one, observed, identity),
		);
	}

	#ofCut(observed: Observed<SipResponse>, identity: MessageIdentity): Building | undefined {
		if (!observed.cut && !this.#hasCut) return undefined;
		return matchOfCut(this.#latestOpen(), observed, identity);
	}

	#latestOpen(): readonly Building[] {
		return this.#queue.slice(Math.max(this.#head, this.#queue.length - MAX_CUT_CANDIDATES));
	}

	#orphan(observed: Observed<SipResponse>): void {
		this.#orphanResponses += 1;
		if (this.#orphans.length < MAX_ORPHANS) this.#orphans.push(observed);
		if (this.#firstOrphanFrame === 0) this.#firstOrphanFrame = observed.frame;
	}

	#answer(building: Building, observed: Observed<SipResponse>): void {
		// Most stay alone: an array that grows by its first element has room for many.
		if (building.responses.length === 0) building.responses = [observed];
		else if (addSighting(building.responses, observed) !== 'listed') this.#letGo(observed);
		building.heardAt = this.#clock;
	}

	#copy(building: Building, observed: Observed<SipRequest>): void {
		const { sends } = building;
		const sighting = addSighting(sends, observed);
		if (sighting === 'listed') return;
		this.#letGo(observed);
		if (sighting === 'one-frame-more') return;
		// How long it went on is told by the last.
		building.moreSends += 1;
		sends[sends.length - 1] = observed;
	}

	#letGo(observed: Observed<SipMessage>): void {
		this.#copies += 1;
		if (this.#firstCopyFrame === 0) this.#firstCopyFrame = observed.frame;
	}
}

/**
 * RFC 3261 §17.1.3 matches by branch and CSeq method; Call-ID and CSeq number are added because phones reuse branches.
 * A peer of RFC 2543 has no magic cookie: there Call-ID, CSeq and From stand alone (§17.2.3).
 */
function keyOf({ branch, cseq, callId }: MessageIdentity): string {
	const unique = uniqueBranch(branch) ?? '';
	return `${unique}|${cseq?.number ?? ''}|${callId}`;
}

function isAnswered(responses: readonly Observed<SipResponse>[]): boolean {
	return responses.some(isFinal);
}

/** The very same request on the very same hop. */
function isCopy(
	building: Building,
	observed: Observed<SipRequest>,
	{ credentials }: MessageIdentity,
): boolean {
	return building.credentials === credentials && isSameHop(building, observed);
}

function isSameHop(building: Building, observed: Observed<SipRequest>): boolean {
	const { source, transport, src, dst } = observed;
	return (
		building.source === source &&
		// What an agent calls the transport may be less than a packet tells: of WebSocket it says TCP.
		(building.transport === transport || isReported(observed) || isReported(building.sends[0])) &&
		sameEndpoint(building.client, src) &&
		sameEndpoint(building.server, dst)
	);
}

function finish(building: Building): ClientTransaction {
	const { client, server, branch, callId, cseq, to, sends, responses, unreachable } = building;
	const { moreSends, cutResponse } = building;
	const [request] = sends;
	const isKnown = callId !== '' || !request.cut;
	return {
		client,
		server,
		transport: request.transport,
		source: request.source,
		branch,
		callId: isKnown ? callId : standInCallId(client),
		cseq,
		to,
		request,
		sends,
		...(moreSends > 0 && { moreSends }),
		responses,
		final: finalOf(request, responses),
		...(cutResponse !== undefined && { cutResponse }),
		unreachable,
	};
}

/**
 * One that was seen behind the request, where there is one: of a phone that takes branch and CSeq twice, one before it may
 * be the answer to a REGISTER that was not captured.
 */
function finalOf(
	{ frame }: Observed<SipRequest>,
	responses: readonly Observed<SipResponse>[],
): Observed<SipResponse> | undefined {
	const first = responses.find(isFinal);
	if (first === undefined || first.frame > frame) return first;
	return responses.find((response) => response.frame > frame && isFinal(response)) ?? first;
}

function isFinal({ message }: Observed<SipResponse>): boolean {
	return message.statusCode >= 200;
}

function append(map: Map<string, Building[]>, key: string, building: Building): void {
	const list = map.get(key);
	if (list === undefined) map.set(key, [building]);
	else if (list.push(building) > MAX_CANDIDATES) list.shift();
}

function remove(map: Map<string, Building[]>, key: string, building: Building): void {
	const list = map.get(key);
	const index = list?.indexOf(building) ?? -1;
	if (list === undefined || index < 0) return;
	if (list.length === 1) map.delete(key);
	else list.splice(index, 1);
}
