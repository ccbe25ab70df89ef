/*
 * Does an attempt say anything that another one has not said? Its shape is one number: the same for two attempts that
 * differ in nothing a rule could look at, beyond values that are made anew each time. What such values have to do with
 * each other (a nonce with the challenge, a sequence number with the one before) is part of the shape.
 */
import { mixed, mixedText, skeletonOf } from '../sip/skeleton.js';
import { T1_MS } from '../sip/transaction-timers.js';
import { wireNonceCount, wireParameter } from '../sip/wire-parameter.js';
import { elapsedMs } from '../time/instant.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { endOf } from './dialogue.js';
import type { RegisterTransaction } from './registration.js';

/** More copies than this tell no more than this many do. */
const MAX_COUNTED = 4;

/** The transactions of one attempt, in order. */
export type Run = readonly [RegisterTransaction, ...RegisterTransaction[]];

/** What the digest of a transaction is against the accounts, given the skeleton of its request. */
export type DigestKind = (transaction: RegisterTransaction, skeleton: number) => string;

/** What an attempt came after. */
export interface Before {
	readonly transaction: RegisterTransaction;
	/** How long a phone may be silent after it: seconds granted; undefined where nothing was. */
	readonly granted: number | undefined;
}

/** The shape of an attempt that follows as `following` says; `checked` is what its digest says against the accounts. */
export function shapeOf(run: Run, following: number, checked: DigestKind): number {
	let shape = mixed(run.length, following);
	let previous: RegisterTransaction | undefined;
	for (const transaction of run) {
		const skeleton = skeletonOf(transaction.phone.request.message.wire);
		for (const hop of transaction.hops) shape = mixed(shape, hopShape(hop, transaction, skeleton));
		if (previous !== undefined) shape = mixed(shape, relation(previous, transaction));
		shape = mixedText(shape, checked(transaction, skeleton));
		previous = transaction;
	}
	return shape;
}

/** What of the way an attempt follows another is out of the ordinary; 0 where nothing is, as for the first one. */
export function followingOf(before: Before | undefined, next: RegisterTransaction): number {
	if (before === undefined) return 0;
	const { transaction, granted } = before;
	const [a, b] = [transaction.phone, next.phone];
	const pause = elapsedMs(endOf(transaction), b.request.at);
	const used = wireParameter(b.request.message.wire, 'nonce');
	const isSameNonce = used !== undefined && used === wireParameter(a.request.message.wire, 'nonce');
	const odd = [
		a.client.port !== b.client.port,
		(a.cseq ?? 0) >= (b.cseq ?? 0),
		a.callId !== b.callId,
		isSameNonce && countIn(b) <= countIn(a),
	];
	let bits = 0;
	for (const fact of odd) bits = bits * 2 + (fact ? 1 : 0);
	const shape = bits * 64 + followingAfter(pause, granted);
	// Each new mapping of a NAT is told.
	return a.client.port === b.client.port ? shape : mixed(shape, b.client.port);
}

/**
 * The same of an attempt that goes on from the one before in all but the pause between them, in ms; `granted` as in
 * `Before`.
 */
export function followingAfter(pause: number, granted: number | undefined): number {
	const isInTime = granted !== undefined && pause <= granted * 1000 && pause >= T1_MS;
	return isInTime ? 0 : pauseClass(pause);
}

/** Statuses only, for attempts of which each differs from all others in something. */
export function coarseShapeOf(run: Run): number {
	let shape = 0;
	for (const { phone } of run) shape = mixed(shape, phone.final?.message.statusCode ?? 0);
	return shape;
}

/** `skeleton` is that of the phone's own request. */
function hopShape(
	hop: ClientTransaction,
	{ phone }: RegisterTransaction,
	skeleton: number,
): number {
	const { client, server, transport, sends, responses, unreachable, request } = hop;
	let shape = mixedText(Math.min(sends.length, MAX_COUNTED), client.address);
	shape = mixedText(mixed(shape, server.port), server.address);
	shape = mixedText(shape, transport);
	shape = mixed(shape, hop === phone ? skeleton : skeletonOf(request.message.wire));
	shape = mixed(shape, request.packet.fragments + (request.cut ? 0x100 : 0));
	for (let at = 0; at < MAX_COUNTED; at += 1) {
		const response = responses[at];
		if (response === undefined) break;
		shape = mixed(shape, skeletonOf(response.message.wire));
		shape = mixed(shape, elapsedMs(request.at, response.at) > T1_MS ? 1 : 0);
		shape = mixed(shape, response.src.port);
		if (response.src.address !== server.address) shape = mixedText(shape, response.src.address);
	}
	if (unreachable.length === 0) return shape;
	for (const { reason, reporter } of unreachable.slice(0, MAX_COUNTED))
		shape = mixedText(shape, `${reason}${reporter ?? ''}`);
	return shape;
}

/** What a transaction has to do with the one before it. */
function relation(before: RegisterTransaction, transaction: RegisterTransaction): number {
	const [a, b] = [before.phone, transaction.phone];
	const given = wireParameter(a.final?.message.wire ?? '', 'nonce');
	const earlier = wireParameter(a.request.message.wire, 'nonce');
	const used = wireParameter(b.request.message.wire, 'nonce');
	const facts = [
		a.client.port === b.client.port,
		(a.cseq ?? 0) < (b.cseq ?? 0),
		used !== undefined && used === given,
		used !== undefined && used === earlier,
		used !== undefined && used === earlier && countIn(b) > countIn(a),
	];
	let bits = 0;
	for (const fact of facts) bits = bits * 2 + (fact ? 1 : 0);
	return bits * 64 + pauseClass(elapsedMs(endOf(before), b.request.at));
}

/** Pauses of about one length are one. */
function pauseClass(ms: number): number {
	return ms < T1_MS ? 0 : 1 + Math.round(Math.log2(ms / T1_MS));
}

function countIn({ request }: ClientTransaction): number {
	return Number.parseInt(wireNonceCount(request.message.wire) ?? '0', 16);
}
