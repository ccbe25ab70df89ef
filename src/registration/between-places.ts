/*
 * A REGISTER followed from place to place: where a copy or an answer was lost on the way. Silence of a place means
 * something only while it was capturing, and only where it stands on the way.
 */

import type { SipRequest, SipResponse } from '../sip/message.js';
import type { Observed } from '../trace/observed.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { isNameless } from '../transaction/cut-messages.js';
import { covers, hopsAt, type Place } from './place.js';
import type { Attempt, RegisterTransaction, Registration } from './registration.js';

/** Attempts looked back at for REGISTERs that were lost like the last one. */
const RUN_OF_ATTEMPTS = 8;

/** A request that one place shows and the next one does not. */
export interface LostRequest {
	readonly seenAt: Place;
	readonly missingAt: Place;
	/** The copies sent while the other place was capturing; all of them where it holds no packet. */
	readonly sends: readonly [Observed<SipRequest>, ...Observed<SipRequest>[]];
	/** The hop as it was seen last. */
	readonly hop: ClientTransaction;
	/**
	 * `shared`: the other place shows other requests of this phone. `server-seen`: it shows the server. `empty`: it holds
	 * no packet at all, so that only the user's word says it was capturing.
	 */
	readonly because: 'shared' | 'server-seen' | 'empty';
}

/** The first place behind the phone's that should have shown the request and has no copy of it. */
export function lostRequest(
	transaction: RegisterTransaction,
	{ attempts }: Registration,
	places: readonly Place[],
): LostRequest | undefined {
	const { hops } = transaction;
	const lastSeen = places.findLastIndex((place) => hopsAt(hops, place).length > 0);
	const seenAt = places[lastSeen];
	const missingAt = places[lastSeen + 1];
	const hop = seenAt === undefined ? undefined : hopsAt(hops, seenAt).at(-1);
	if (seenAt === undefined || missingAt === undefined || hop === undefined) return undefined;
	const because = whyOnTheWay(
		hop,
		attempts.flatMap((each) => each.transactions),
		missingAt,
	);
	if (because === undefined || (because !== 'empty' && isNameless(hop))) return undefined;
	const covered = hop.sends.filter(({ at }) => because === 'empty' || covers(missingAt, at));
	const [first, ...others] = covered;
	if (first === undefined) return undefined;
	return { seenAt, missingAt, sends: [first, ...others], hop, because };
}

function whyOnTheWay(
	{ server }: ClientTransaction,
	transactions: readonly RegisterTransaction[],
	place: Place,
): LostRequest['because'] | undefined {
	if (place.from === undefined) return 'empty';
	const shared = transactions.some(
		({ hops }) =>
			hopsAt(hops, place).length > 0 &&
			hops.some(
				(hop) => !place.sources.includes(hop.source) && hop.server.address === server.address,
			),
	);
	if (shared) return 'shared';
	return place.addresses.has(server.address) ? 'server-seen' : undefined;
}

/** An answer that one place shows and the one nearer to the phone does not. */
export interface LostResponse {
	readonly seenAt: Place;
	readonly missingAt: Place;
	readonly final: Observed<SipResponse>;
	/** Copies of final answers at the place that shows them. */
	readonly copies: number;
	/** The hop that was answered, and the one without an answer. */
	readonly answered: ClientTransaction;
	readonly unanswered: ClientTransaction;
}

/** The place nearest to the phone up to which the final answer came, where it did not come to the phone's. */
export function lostResponse(
	{ hops, phone }: RegisterTransaction,
	places: readonly Place[],
): LostResponse | undefined {
	if (phone.final !== undefined) return undefined;
	for (const [index, seenAt] of places.entries()) {
		const answered = hopsAt(hops, seenAt).find(({ final }) => final !== undefined);
		const missingAt = places[index - 1];
		if (answered?.final === undefined) continue;
		const unanswered = missingAt === undefined ? phone : hopsAt(hops, missingAt).at(-1);
		if (missingAt === undefined || unanswered === undefined) return undefined;
		if (!covers(missingAt, answered.final.at)) return undefined;
		const copies = answered.responses.filter(({ message }) => message.statusCode >= 200).length;
		return { seenAt, missingAt, final: answered.final, copies, answered, unanswered };
	}
	return undefined;
}

/**
 * The REGISTERs up to the last one of an attempt that went unanswered, the latest first: a phone that never repeats a
 * REGISTER, and begins anew instead, shows blocking in the number of them.
 */
export function unansweredInARow(
	{ attempts }: Registration,
	{ number }: Attempt,
): readonly RegisterTransaction[] {
	const latest = attempts
		.filter((one) => one.number <= number)
		.slice(-RUN_OF_ATTEMPTS)
		.flatMap(({ transactions }) => transactions)
		.toReversed();
	const answered = latest.findIndex(({ phone }) => phone.responses.length > 0);
	return answered < 0 ? latest : latest.slice(0, answered);
}

/** An answer that bears the server's address and that the server's own place never saw leave. */
export interface NearerAnswer {
	readonly final: Observed<SipResponse>;
	readonly place: Place;
	/** Whether the request itself came to that place. */
	readonly arrived: boolean;
}

/** Where a place stands at the very server that was asked, and shows no such answer while it was capturing. */
export function nearerAnswer(
	{ hops, phone }: RegisterTransaction,
	{ attempts }: Registration,
	places: readonly Place[],
): NearerAnswer | undefined {
	const { final, server, source } = phone;
	if (final === undefined || final.src.address !== server.address) return undefined;
	if (isNameless(phone)) return undefined;
	const place = places.findLast(
		(one) =>
			one.vantage === 'server' &&
			!one.sources.includes(source) &&
			one.addresses.has(server.address),
	);
	if (place === undefined || !covers(place, final.at)) return undefined;
	const { statusCode } = final.message;
	const own = hopsAt(hops, place);
	const arrived = own.some((hop) => hop.server.address === server.address);
	// A proxy or SBC between the two may answer by itself: the place must be known as that of this very address.
	if (own.length > 0 && !arrived) return undefined;
	const reached = attempts
		.flatMap((attempt) => attempt.transactions)
		.flatMap((transaction) => hopsAt(transaction.hops, place));
	if (reached.some((hop) => hop.server.address !== server.address)) return undefined;
	const answered = own.some(({ responses }) =>
		responses.some(({ message }) => message.statusCode === statusCode),
	);
	return answered ? undefined : { final, place, arrived };
}
