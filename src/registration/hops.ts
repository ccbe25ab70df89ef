/*
 * The legs of one REGISTER: the same request before and behind a NAT, and the request that a proxy or SBC made of it.
 * Joined by what survives the hop (design §3): branch and server for a NAT, the Via below the top for a proxy,
 * address-of-record, credentials and nested time for a back-to-back user agent with a Call-ID of its own; where it has
 * an account of its own as well, own-account-leg.ts says what must hold, and two that it may be sent for are none.
 */

import { sameEndpoint } from '../net/endpoint.js';
import { firstHeader } from '../sip/header-fields.js';
import { readChallenges } from '../sip/headers/authenticate.js';
import { readVias } from '../sip/headers/via.js';
import { DISORDER_MS } from '../time/disorder.js';
import { elapsedMs, type Instant } from '../time/instant.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { joinKeys, userPart } from './hop-keys.js';
import { contactUserOf, isOnBehalf } from './own-account-leg.js';
import { aorOf } from './register-request.js';
import type { RegisterTransaction } from './registration.js';

/** An SBC passes a request on at once; what comes later and has nothing of its Via is another request. */
const FORWARDING_MS = 2_000;

/** A proxy that waits for its name server, or a network that holds it up: its Via or its branch says that it is the same. */
const HELD_MS = 3 * FORWARDING_MS;

/** The kernel that translates an address does it within microseconds. */
const TRANSLATION_MS = 60;

/** A chain of three hops takes its time at each, or one of them all of it. */
const CHAIN_US = HELD_MS * 1000;

/** Requests with the same key among which the one that was forwarded is looked for: the latest. */
const MAX_CANDIDATES = 16;

/** Hops in a row that are believed: networks have a handful, and a flood of copies would make a chain without end. */
const MAX_ROW = 16;

/** Servers whose own REGISTERs are looked at more closely; networks have a few. */
const MAX_SERVERS = 10_000;

interface Hop {
	/** How many hops the request came over before this one. */
	readonly row: number;
	readonly transaction: ClientTransaction;
	readonly keys: readonly string[];
	downstream: Hop[];
	/** How many of those behind it, one behind the other, were recorded before it. */
	disorder: number;
	/** When the last of it and of the request that it was made of was recorded. */
	knownAt: Instant;
	/** What somebody made of another hop's request. */
	isForwarded: boolean;
	/** Sent with another account, and so told by user, place and time alone. */
	readonly isOnBehalf: boolean;
	/** Two that were told so may each have been sent for it. */
	isDisputed: boolean;
	/** It was given with the request that it was made of. */
	isGiven: boolean;
}

/** Joins client transactions of one source into REGISTER transactions with their legs, phone first, in order of time. */
export function joinHops(
	transactions: readonly ClientTransaction[],
): readonly RegisterTransaction[] {
	const joiner = new HopJoiner();
	const joined = transactions
		.toSorted((a, b) => a.request.at - b.request.at)
		.flatMap((transaction) => joiner.add(transaction));
	return [...joined, ...joiner.rest()];
}

/** Takes client transactions in order of time, and gives each REGISTER transaction once nothing can join it any more. */
export class HopJoiner {
	/** In order of time; those that another may join yet begin at `#first`. */
	#hops: Hop[] = [];
	#first = 0;
	readonly #candidates = new Map<string, Hop[]>();
	readonly #servers = new Set<string>();

	/** Adds the next one; gives those that are complete. */
	add(transaction: ClientTransaction): readonly RegisterTransaction[] {
		const complete = this.#takeBefore(transaction.request.at - CHAIN_US);
		const keys = joinKeys(transaction);
		const known = this.#before(keys);
		const passedOn = known.findLast(
			({ row, transaction: other }) => row < MAX_ROW && isForwarded(other, transaction),
		);
		const upstream = passedOn ?? this.#spokenFor(transaction, known);
		const hop: Hop = {
			row: upstream === undefined ? 0 : upstream.row + 1,
			transaction,
			keys,
			downstream: [],
			disorder: 0,
			knownAt: transaction.request.at,
			isForwarded: upstream !== undefined,
			isOnBehalf: upstream !== undefined && passedOn === undefined,
			isDisputed: false,
			isGiven: upstream?.isGiven === true,
		};
		upstream?.downstream.push(hop);
		// Of one that was made of another nothing can come before: no request is made of itself.
		const early = upstream === undefined ? known : NO_HOPS;
		for (const other of early) if (isRecordedBefore(other, transaction)) putBehind(hop, other);
		this.#hops.push(hop);
		if (this.#servers.size < MAX_SERVERS) this.#servers.add(transaction.server.address);
		for (const key of keys) {
			const list = this.#candidates.get(key);
			if (list === undefined) this.#candidates.set(key, [hop]);
			else if (list.push(hop) > MAX_CANDIDATES) list.shift();
		}
		return complete;
	}

	#before(keys: readonly string[]): readonly Hop[] {
		let found = NO_HOPS;
		for (const key of keys) {
			const hops = this.#candidates.get(key);
			if (hops !== undefined) found = found.length === 0 ? hops : [...found, ...hops];
		}
		return found;
	}

	/** The one request that an SBC with an account of its own can have sent this for, of those with its user or another. */
	#spokenFor(transaction: ClientTransaction, known: readonly Hop[]): Hop | undefined {
		const isServer = this.#servers.has(transaction.client.address);
		const contactUser = isServer ? contactUserOf(transaction) : undefined;
		const named = contactUser === undefined ? NO_HOPS : this.#before([`aor|${contactUser}`]);
		const possible = (named.length === 0 ? known : [...named, ...known]).filter(
			({ row, transaction: other }) => row < MAX_ROW && isOnBehalf(other, transaction),
		);
		// One that is found by two keys counts where it stands first.
		const upstream = possible.length === 0 ? undefined : [...new Set(possible)].at(-1);
		if (upstream === undefined || upstream.isDisputed) return undefined;
		const { callId } = upstream.transaction;
		// Both sides of a NAT are one request; two phones are two.
		if (possible.some((other) => other.transaction.callId !== callId)) return undefined;
		const rivals = upstream.downstream.filter(
			(other) =>
				other.isOnBehalf &&
				other.transaction.callId !== transaction.callId &&
				other.transaction.server.address === transaction.server.address,
		);
		for (const rival of rivals) rival.isForwarded = false;
		upstream.downstream = upstream.downstream.filter((other) => !rivals.includes(other));
		upstream.isDisputed = rivals.length > 0;
		return upstream.isDisputed ? undefined : upstream;
	}

	/** The client transactions of those that are not complete. */
	pending(): readonly ClientTransaction[] {
		return this.#hops
			.slice(this.#first)
			.filter(({ isGiven }) => !isGiven)
			.map(({ transaction }) => transaction);
	}

	/** Those that are not complete, as far as they are known. */
	rest(): readonly RegisterTransaction[] {
		return this.#hops
			.slice(this.#first)
			.filter(({ isForwarded: joined }) => !joined)
			.map(chain);
	}

	#takeBefore(at: Instant): readonly RegisterTransaction[] {
		const complete: RegisterTransaction[] = [];
		for (;;) {
			const hop = this.#hops[this.#first];
			if (hop === undefined || hop.knownAt >= at) break;
			this.#first += 1;
			this.#forget(hop);
			if (hop.isForwarded) continue;
			complete.push(chain(hop));
			markGiven(hop);
		}
		if (this.#first > this.#hops.length / 2) {
			this.#hops = this.#hops.slice(this.#first);
			this.#first = 0;
		}
		return complete;
	}

	#forget(hop: Hop): void {
		for (const key of hop.keys) {
			const list = this.#candidates.get(key);
			if (list?.[0] === hop) list.shift();
			if (list?.length === 0) this.#candidates.delete(key);
		}
	}
}

/** A proxy has made it of this request, whatever their times say. */
function isRecordedBefore(
	{ isForwarded: joined, isGiven, disorder, transaction }: Hop,
	upstream: ClientTransaction,
): boolean {
	const early = elapsedMs(transaction.request.at, upstream.request.at);
	if (joined || isGiven || disorder >= MAX_ROW || early > DISORDER_MS) return false;
	return !isSameHop(upstream, transaction) && isProxied(upstream, transaction);
}

function putBehind(upstream: Hop, hop: Hop): void {
	upstream.downstream.push(hop);
	upstream.disorder = Math.max(upstream.disorder, hop.disorder + 1);
	hop.isForwarded = true;
	hop.knownAt = Math.max(hop.knownAt, upstream.transaction.request.at);
}

const NO_HOPS: readonly Hop[] = [];

/** With all that was made of it, which is later and still among those that another may join. */
function markGiven(hop: Hop): void {
	hop.isGiven = true;
	for (const next of hop.downstream) markGiven(next);
}

/** The request and everything that was made of it, depth first. */
function chain(phone: Hop): RegisterTransaction {
	const next = ({ downstream }: Hop): readonly ClientTransaction[] =>
		downstream.flatMap((hop) => [hop.transaction, ...next(hop)]);
	return { phone: phone.transaction, hops: [phone.transaction, ...next(phone)] };
}

function isForwarded(upstream: ClientTransaction, downstream: ClientTransaction): boolean {
	const gap = elapsedMs(upstream.request.at, downstream.request.at);
	if (gap < 0 || gap > HELD_MS || isSameHop(upstream, downstream)) return false;
	return (
		isTranslated(upstream, downstream) ||
		isProxied(upstream, downstream) ||
		(gap <= FORWARDING_MS && isRebuilt(upstream, downstream))
	);
}

/** The next request of the same phone, as nearly always. */
function isSameHop(a: ClientTransaction, b: ClientTransaction): boolean {
	return sameEndpoint(a.client, b.client) && sameEndpoint(a.server, b.server);
}

/** Both sides of a NAT or of a port forwarding: the very same request between other addresses. */
function isTranslated(upstream: ClientTransaction, downstream: ClientTransaction): boolean {
	return (
		upstream.branch !== undefined &&
		upstream.branch === downstream.branch &&
		upstream.callId === downstream.callId &&
		upstream.cseq === downstream.cseq &&
		credentials(upstream) === credentials(downstream) &&
		isOtherHop(upstream, downstream)
	);
}

/** To another server only at once: a phone that tries the next server with its old branch takes longer. */
function isOtherHop(upstream: ClientTransaction, downstream: ClientTransaction): boolean {
	if (sameEndpoint(upstream.server, downstream.server))
		return !sameEndpoint(upstream.client, downstream.client);
	return elapsedMs(upstream.request.at, downstream.request.at) <= TRANSLATION_MS;
}

/** A proxy puts its own Via on top; the Via below it bears the branch of the request that came in (RFC 3261 §16.6). */
function isProxied(upstream: ClientTransaction, downstream: ClientTransaction): boolean {
	if (upstream.branch === undefined || upstream.callId !== downstream.callId) return false;
	const below = readVias(downstream.request.message).slice(1);
	return below.some((via) => via.ok && via.value.branch === upstream.branch);
}

/**
 * A back-to-back user agent: its address or the same nonce, the same user and credentials, its answer before the one
 * it gives. Its inner address may be another than the one the phone knows.
 */
function isRebuilt(upstream: ClientTransaction, downstream: ClientTransaction): boolean {
	if (upstream.callId === downstream.callId && !keepsCall(upstream, downstream)) return false;
	if (sameEndpoint(upstream.client, downstream.client)) return false;
	if (sameEndpoint(upstream.server, downstream.server)) return false;
	const aor = aorOf(upstream.request.message);
	if (aor === undefined || userPart(aor) !== userPart(aorOf(downstream.request.message) ?? ''))
		return false;
	if (credentials(upstream) !== credentials(downstream) && !isStripped(upstream, downstream))
		return false;
	if (
		upstream.server.address !== downstream.client.address &&
		!shareNonce(upstream, downstream) &&
		!isTrusted(upstream, downstream)
	)
		return false;
	const { final } = upstream;
	return final === undefined || downstream.final === undefined || downstream.final.at <= final.at;
}

/** Some keep Call-ID and CSeq; the branch is their own, and no Via of the phone is below it. */
function keepsCall(upstream: ClientTransaction, downstream: ClientTransaction): boolean {
	return (
		upstream.cseq === downstream.cseq &&
		upstream.branch !== downstream.branch &&
		readVias(downstream.request.message).length === 1
	);
}

/** The same credentials, or the same challenge passed on. */
function shareNonce(upstream: ClientTransaction, downstream: ClientTransaction): boolean {
	return credentials(upstream) !== '' || sharesChallenge(upstream, downstream);
}

/** Passed on without the credentials, and the challenge that follows is passed back. */
function isStripped(upstream: ClientTransaction, downstream: ClientTransaction): boolean {
	return credentials(downstream) === '' && sharesChallenge(upstream, downstream);
}

function sharesChallenge(upstream: ClientTransaction, downstream: ClientTransaction): boolean {
	const issued = nonces(downstream);
	return nonces(upstream).some((nonce) => issued.includes(nonce));
}

/** Accepted without a challenge, by two hosts, the one within the other and at once. */
function isTrusted(upstream: ClientTransaction, downstream: ClientTransaction): boolean {
	const [outer, inner] = [upstream.final, downstream.final];
	return (
		outer !== undefined &&
		inner !== undefined &&
		outer.message.statusCode < 300 &&
		inner.message.statusCode < 300 &&
		upstream.client.address !== downstream.client.address &&
		elapsedMs(upstream.request.at, downstream.request.at) <= TRANSLATION_MS
	);
}

function nonces({ final }: ClientTransaction): readonly string[] {
	if (final === undefined) return [];
	return readChallenges(final.message).flatMap(({ digest }) => digest?.nonce ?? []);
}

function credentials({ request }: ClientTransaction): string {
	return firstHeader(request.message, 'authorization')?.value ?? '';
}
