/*
 * Puts REGISTER requests and their responses together as they are seen, hop by hop (RFC 3261 §17.1.3, §17.2.3).
 * Takes observed messages in order of time, gives client transactions. Knows nothing of devices, attempts or causes.
 */

import { parsedValue } from '../bytes/parsed-value.js';
import type { Endpoint } from '../net/endpoint.js';
import { formatEndpoint, sameEndpoint } from '../net/endpoint.js';
import { firstHeader } from '../sip/header-fields.js';
import { type CSeq, readCSeq } from '../sip/headers/cseq.js';
import { topVia } from '../sip/headers/via.js';
import type { SipMessage, SipRequest, SipResponse } from '../sip/message.js';
import type { Instant } from '../time/instant.js';
import { elapsedMs } from '../time/instant.js';
import type { Observed, UnreachableEvent } from '../trace/observed.js';
import type { ClientTransaction } from './client-transaction.js';

/** RFC 3261 §8.1.1.7: a branch that starts so is unique in space and time. */
const MAGIC_COOKIE = 'z9hG4bK';

/**
 * Two sightings closer than this are one packet seen twice, not a retransmission: no timer of RFC 3261 is shorter than
 * T1 = 500 ms, and phones that shorten T1 stay well above it.
 */
const SAME_PACKET_MS = 60;

/** Beyond this many an entry is counted and dropped, so that hostile traffic cannot fill the memory. */
const MAX_TRANSACTIONS = 1_000_000;
const MAX_COPIES = 200;
const MAX_ORPHANS = 1_000;

/**
 * Requests of one identity, or of one pair of endpoints, among which an answer or an ICMP error looks for its own: the
 * latest. Requests without Call-ID and branch are all alike, and each answer would be held against every one of them.
 */
const MAX_CANDIDATES = 512;

interface Building {
	readonly client: Endpoint;
	readonly server: Endpoint;
	readonly branch: string | undefined;
	readonly callId: string;
	readonly cseq: number | undefined;
	readonly sends: Observed<SipRequest>[];
	readonly responses: Observed<SipResponse>[];
	readonly unreachable: UnreachableEvent[];
}

export interface TrackerLosses {
	/** Responses to a REGISTER that was not seen. */
	readonly orphanResponses: number;
	readonly firstOrphanFrame: number;
	/** The first of them: a REGISTER was sent that this source does not show whole. */
	readonly orphans: readonly Observed<SipResponse>[];
	/** REGISTER requests beyond the bound. */
	readonly dropped: number;
}

export class TransactionTracker {
	readonly #byKey = new Map<string, Building>();
	/** Every hop and copy of one request, for the responses to choose from. */
	readonly #byIdentity = new Map<string, Building[]>();
	/** The latest of a pair of endpoints, for ICMP errors. */
	readonly #byHop = new Map<string, Building[]>();
	readonly #orphans: Observed<SipResponse>[] = [];
	#orphanResponses = 0;
	#firstOrphanFrame = 0;
	#dropped = 0;

	message(observed: Observed<SipMessage>): void {
		if (isRequest(observed)) {
			if (observed.message.method === 'REGISTER') this.#request(observed);
		} else if (isResponse(observed) && cseqOf(observed.message)?.method === 'REGISTER') {
			this.#response(observed);
		}
	}

	/** Files an ICMP error with the REGISTER it quotes; false where it quotes none. */
	unreachable(event: UnreachableEvent): boolean {
		const { src, dst, transport } = event.quoted;
		const candidates = this.#byHop.get(hopKey(event.source, transport, src, dst)) ?? [];
		const sent = candidates.filter((building) => building.sends.some(({ at }) => at <= event.at));
		// Several lines of one phone share a flow: the quoted text says whose REGISTER it is, where enough is quoted.
		const quoted = sent.findLast(
			({ branch }) => branch !== undefined && event.quoted.text.includes(branch),
		);
		const building = quoted ?? sent.at(-1);
		building?.unreachable.push(event);
		return building !== undefined;
	}

	transactions(): readonly ClientTransaction[] {
		return [...this.#byKey.values()].flatMap(finish);
	}

	losses(): TrackerLosses {
		return {
			orphanResponses: this.#orphanResponses,
			firstOrphanFrame: this.#firstOrphanFrame,
			orphans: this.#orphans,
			dropped: this.#dropped,
		};
	}

	#request(observed: Observed<SipRequest>): void {
		const identity = identityOf(observed.message);
		const hop = hopKey(observed.source, observed.transport, observed.src, observed.dst);
		const key = `${hop}|${identity}|${credentialsText(observed.message)}`;
		const known = this.#byKey.get(key);
		if (known !== undefined) {
			addSighting(known.sends, observed);
			return;
		}
		if (this.#byKey.size >= MAX_TRANSACTIONS) {
			this.#dropped += 1;
			return;
		}
		const building: Building = {
			client: observed.src,
			server: observed.dst,
			branch: topVia(observed.message)?.branch,
			callId: callIdOf(observed.message),
			cseq: cseqOf(observed.message)?.number,
			sends: [observed],
			responses: [],
			unreachable: [],
		};
		this.#byKey.set(key, building);
		append(this.#byIdentity, `${observed.source}|${identity}`, building);
		append(this.#byHop, hop, building);
	}

	#response(observed: Observed<SipResponse>): void {
		const candidates =
			this.#byIdentity.get(`${observed.source}|${identityOf(observed.message)}`) ?? [];
		const building = bestMatch(candidates, observed);
		if (building === undefined) {
			this.#orphanResponses += 1;
			if (this.#orphans.length < MAX_ORPHANS) this.#orphans.push(observed);
			if (this.#firstOrphanFrame === 0) this.#firstOrphanFrame = observed.frame;
			return;
		}
		addSighting(building.responses, observed);
	}
}

/**
 * RFC 3261 §17.1.3 matches by branch and CSeq method; Call-ID and CSeq number are added because phones reuse branches.
 * A peer of RFC 2543 has no magic cookie: there Call-ID, CSeq and From stand alone (§17.2.3).
 */
function identityOf(message: SipMessage): string {
	const branch = topVia(message)?.branch;
	const cseq = cseqOf(message)?.number ?? '';
	const unique = branch?.startsWith(MAGIC_COOKIE) === true ? branch : '';
	return `${unique}|${cseq}|${callIdOf(message)}`;
}

function cseqOf(message: SipMessage): CSeq | undefined {
	return parsedValue(readCSeq(message));
}

function callIdOf(message: SipMessage): string {
	return firstHeader(message, 'call-id')?.value ?? '';
}

/** A phone that repeats CSeq and branch with new credentials has started a new transaction all the same. */
function credentialsText(message: SipRequest): string {
	const authorization = firstHeader(message, 'authorization')?.value ?? '';
	return authorization + (firstHeader(message, 'proxy-authorization')?.value ?? '');
}

/** Direction decides: the exact way back first, then the same hosts with another port (RFC 3581 undone), then one host. */
function bestMatch(
	candidates: readonly Building[],
	observed: Observed<SipResponse>,
): Building | undefined {
	let best: Building | undefined;
	let bestScore = 1;
	for (const candidate of candidates) {
		const score = directionScore(candidate, observed);
		// Later candidates win ties: the same request with new credentials was answered, not the old one.
		if (score >= bestScore && startedBefore(candidate, observed.at)) {
			best = candidate;
			bestScore = score;
		}
	}
	return best;
}

function directionScore({ client, server }: Building, { src, dst }: Observed<SipResponse>): number {
	const fromServer = src.address === server.address;
	const toClient = dst.address === client.address;
	if (sameEndpoint(src, server) && sameEndpoint(dst, client)) return 4;
	if (fromServer && toClient) return 3;
	if (toClient && sameEndpoint(dst, client)) return 2;
	if (fromServer || toClient) return 1;
	return 0;
}

function startedBefore(building: Building, at: Instant): boolean {
	const first = building.sends[0];
	return first === undefined || first.at <= at;
}

/** Adds a copy, or its frames to the sighting of the very same packet (`any` interface, a bridge, a mirror port). */
function addSighting<M extends SipMessage>(sightings: Observed<M>[], observed: Observed<M>): void {
	const index = sightings.findLastIndex((known) => isSamePacket(known, observed));
	const known = sightings[index];
	if (known !== undefined) {
		sightings[index] = { ...known, frames: [...known.frames, ...observed.frames] };
		return;
	}
	if (sightings.length < MAX_COPIES) sightings.push(observed);
}

function isSamePacket(a: Observed<SipMessage>, b: Observed<SipMessage>): boolean {
	const gap = Math.abs(elapsedMs(a.at, b.at));
	if (gap > SAME_PACKET_MS || !sameBytes(a.message.bytes, b.message.bytes)) return false;
	return sameEndpoint(a.src, b.src) && sameEndpoint(a.dst, b.dst);
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
	return a.length === b.length && Buffer.compare(a, b) === 0;
}

function finish(building: Building): ClientTransaction[] {
	const [request] = building.sends;
	if (request === undefined) return [];
	const { client, server, branch, callId, cseq, sends, responses, unreachable } = building;
	return [
		{
			client,
			server,
			transport: request.transport,
			source: request.source,
			branch,
			callId,
			cseq,
			request,
			sends,
			responses,
			final: responses.find(({ message }) => message.statusCode >= 200),
			unreachable,
		},
	];
}

function hopKey(source: string, transport: string, src: Endpoint, dst: Endpoint): string {
	return `${source}|${transport}|${formatEndpoint(src)}>${formatEndpoint(dst)}`;
}

function append(map: Map<string, Building[]>, key: string, building: Building): void {
	const list = map.get(key);
	if (list === undefined) map.set(key, [building]);
	else if (list.push(building) > MAX_CANDIDATES) list.shift();
}

function isRequest(observed: Observed<SipMessage>): observed is Observed<SipRequest> {
	return observed.message.kind === 'request';
}

function isResponse(observed: Observed<SipMessage>): observed is Observed<SipResponse> {
	return observed.message.kind === 'response';
}
