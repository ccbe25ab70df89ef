/*
 * The legs of one REGISTER: the same request before and behind a NAT, and the request that a proxy or SBC made of it.
 * Joined by what survives the hop (design §3): branch and server for a NAT, the Via below the top for a proxy,
 * address-of-record, credentials and nested time for a back-to-back user agent with a Call-ID of its own.
 */

import { sameEndpoint } from '../net/endpoint.js';
import { firstHeader } from '../sip/header-fields.js';
import { readChallenges } from '../sip/headers/authenticate.js';
import { readVias } from '../sip/headers/via.js';
import { elapsedMs } from '../time/instant.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { aorOf } from './register-request.js';
import type { RegisterTransaction } from './registration.js';

/** A NAT, proxy or SBC passes a request on at once; what comes later is another request. */
const FORWARDING_MS = 2_000;

/** The kernel that translates an address does it within microseconds. */
const TRANSLATION_MS = 60;

/** Joins client transactions of one source into REGISTER transactions with their legs, phone first, in order of time. */
export function joinHops(
	transactions: readonly ClientTransaction[],
): readonly RegisterTransaction[] {
	const inOrder = transactions.toSorted((a, b) => a.request.at - b.request.at);
	const downstreamOf = new Map<ClientTransaction, ClientTransaction[]>();
	const forwarded = new Set<ClientTransaction>();
	const candidates = new Map<string, ClientTransaction[]>();
	for (const transaction of inOrder) {
		const keys = joinKeys(transaction);
		const upstream = keys
			.flatMap((key) => candidates.get(key) ?? [])
			.findLast((candidate) => isForwarded(candidate, transaction));
		if (upstream !== undefined) {
			downstreamOf.set(upstream, [...(downstreamOf.get(upstream) ?? []), transaction]);
			forwarded.add(transaction);
		}
		for (const key of keys) {
			const list = candidates.get(key) ?? [];
			candidates.set(key, [...list.slice(-15), transaction]);
		}
	}
	return inOrder
		.filter((first) => !forwarded.has(first))
		.map((phone) => chain(phone, downstreamOf));
}

/** The request and everything that was made of it, depth first. */
function chain(
	phone: ClientTransaction,
	downstreamOf: ReadonlyMap<ClientTransaction, readonly ClientTransaction[]>,
): RegisterTransaction {
	const next = (hop: ClientTransaction): readonly ClientTransaction[] => [
		hop,
		...(downstreamOf.get(hop) ?? []).flatMap(next),
	];
	return { phone, hops: [phone, ...next(phone).slice(1)] };
}

/** Only requests that share one of these can be legs of one another. */
function joinKeys(transaction: ClientTransaction): readonly string[] {
	const aor = aorOf(transaction.request.message) ?? '';
	return [`call|${transaction.callId}|${transaction.cseq ?? ''}`, `aor|${userPart(aor)}`];
}

function isForwarded(upstream: ClientTransaction, downstream: ClientTransaction): boolean {
	const gap = elapsedMs(upstream.request.at, downstream.request.at);
	if (gap < 0 || gap > FORWARDING_MS) return false;
	return (
		isTranslated(upstream, downstream) ||
		isProxied(upstream, downstream) ||
		isRebuilt(upstream, downstream)
	);
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
	if (upstream.callId === downstream.callId) return false;
	if (sameEndpoint(upstream.client, downstream.client)) return false;
	if (sameEndpoint(upstream.server, downstream.server)) return false;
	const aor = aorOf(upstream.request.message);
	if (aor === undefined || userPart(aor) !== userPart(aorOf(downstream.request.message) ?? ''))
		return false;
	if (credentials(upstream) !== credentials(downstream)) return false;
	if (upstream.server.address !== downstream.client.address && !shareNonce(upstream, downstream))
		return false;
	const { final } = upstream;
	return final === undefined || downstream.final === undefined || downstream.final.at <= final.at;
}

/** The same credentials, or the same challenge passed on. */
function shareNonce(upstream: ClientTransaction, downstream: ClientTransaction): boolean {
	if (credentials(upstream) !== '') return true;
	const issued = nonces(downstream);
	return nonces(upstream).some((nonce) => issued.includes(nonce));
}

function nonces({ final }: ClientTransaction): readonly string[] {
	if (final === undefined) return [];
	return readChallenges(final.message).flatMap(({ digest }) => digest?.nonce ?? []);
}

function credentials({ request }: ClientTransaction): string {
	return firstHeader(request.message, 'authorization')?.value ?? '';
}

function userPart(aor: string): string {
	return aor.split('@')[0]?.toLowerCase() ?? '';
}
