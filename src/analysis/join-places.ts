/*
 * The registrations of several places as one each: the leg nearest to the phone is what the rules look at, the hops
 * that other places show follow it, and each place keeps its own view of the same registration.
 */
import { numbered } from '../registration/attempt-facts.js';
import { failoverOf } from '../registration/failover.js';
import { decisiveAttempt } from '../registration/group.js';
import { isFailed } from '../registration/outcome.js';
import type { Place } from '../registration/place.js';
import { covers } from '../registration/place.js';
import type {
	Attempt,
	AttemptEvent,
	RegisterTransaction,
	Registration,
} from '../registration/registration.js';
import { legsOf, messagesOf, pathOf } from '../registration/registrations.js';
import { connectionDistance, indexConnections } from '../registration/same-connection.js';
import { indexQuestions, questionDistance, questionsIn } from '../registration/same-question.js';
import { sameRequest } from '../registration/same-request.js';
import type { Instant } from '../time/instant.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { OwnAccountIndex } from './own-account-index.js';
import { RequestIndex } from './request-index.js';

export interface PlaceRegistrations {
	readonly place: Place;
	readonly registrations: readonly Registration[];
}

/** What another place shows of a registration. */
export interface View {
	/** Index of the place. */
	readonly place: number;
	readonly registration: Registration;
	/** The number that each of its attempts has in the joined registration, as far as it is the very same. */
	readonly numbers: ReadonlyMap<Attempt, number>;
}

export interface JoinedRegistration {
	readonly registration: Registration;
	/** As the nearest place alone shows it. */
	readonly base: Registration;
	/** Index of the place that is nearest to the phone. */
	readonly place: number;
	readonly views: readonly View[];
}

interface Growing {
	readonly place: number;
	readonly base: Registration;
	/** What other places show of each of its transactions. */
	readonly behind: Map<RegisterTransaction, ClientTransaction[]>;
	/** Attempts that only another place could see. */
	readonly others: Attempt[];
	readonly views: {
		readonly place: number;
		readonly registration: Registration;
		readonly same: ReadonlyMap<RegisterTransaction, RegisterTransaction>;
		/** There is no REGISTER to compare: the connection or the look-up as a whole is the same. */
		readonly isConnection: boolean;
	}[];
}

interface Owner {
	readonly growing: Growing;
	readonly transaction: RegisterTransaction;
}

/** Joins what the places show, those nearer to the phone first. */
export function joinPlaces(places: readonly PlaceRegistrations[]): readonly JoinedRegistration[] {
	const index = new RequestIndex<Owner>();
	const phones = new OwnAccountIndex<Owner>();
	const all: Growing[] = [];
	for (const [place, { registrations }] of places.entries()) {
		const spokenFor = place === 0 ? NOBODY : spokenForIn(registrations, phones);
		const added: Owner[] = [];
		for (const registration of registrations) {
			const known =
				join(place, registration, index, places) ??
				joinSpokenFor(place, registration, spokenFor.get(registration)) ??
				unreadOf(registration, place, all);
			if (known !== undefined) continue;
			const growing = { place, base: registration, behind: new Map(), others: [], views: [] };
			all.push(growing);
			for (const transaction of transactionsOf(registration)) {
				index.add({ growing, transaction }, transaction.hops);
				added.push({ growing, transaction });
			}
		}
		// Only now: what one place shows of both legs is joined there, or in doubt.
		for (const owner of added) phones.add(owner, owner.transaction);
	}
	return all.map((growing) => finished(growing, places[growing.place]?.place));
}

/** Adds a registration to the one that it is; undefined where nothing of it is known yet. */
function join(
	place: number,
	registration: Registration,
	index: RequestIndex<Owner>,
	places: readonly PlaceRegistrations[],
): Growing | undefined {
	const found = transactionsOf(registration).flatMap((transaction) => {
		const shared = index.find(transaction);
		return shared === undefined ? [] : [{ transaction, owner: shared.owner }];
	});
	const owner = found.at(-1)?.owner.growing;
	// Two devices of one place are two, whatever they share.
	if (owner === undefined || owner.place === place) return undefined;
	const own = found.filter((each) => each.owner.growing === owner);
	const same = new Map<RegisterTransaction, RegisterTransaction>();
	for (const { transaction, owner: of } of own) {
		const behind = owner.behind.get(of.transaction) ?? [];
		behind.push(...transaction.hops);
		owner.behind.set(of.transaction, behind);
		// Behind a proxy it is another leg, with a fate of its own.
		if (sameRequest(of.transaction.phone, transaction.phone) === 'same')
			same.set(transaction, of.transaction);
	}
	// Only now: a place is not compared with itself.
	for (const { transaction, owner: of } of own) index.add(of, transaction.hops);
	owner.views.push({ place, registration, same, isConnection: false });
	const known = new Set(own.map(({ transaction }) => transaction));
	for (const attempt of unseenAttempts(registration, known, places[owner.place]?.place)) {
		owner.others.push(attempt);
		// A third place that shows it as well adds its hops to it, and not the attempt once more.
		for (const transaction of attempt.transactions)
			index.add({ growing: owner, transaction }, transaction.hops);
	}
	return owner;
}

type Claims = ReadonlyMap<RegisterTransaction, Owner>;

const NOBODY: ReadonlyMap<Registration, Claims> = new Map();

/**
 * What an SBC with an account of its own sent for REGISTERs of nearer places. Not where two registrations may have been
 * sent for one REGISTER, nor where the SBC registers on by itself: then it has a fate of its own.
 */
function spokenForIn(
	registrations: readonly Registration[],
	phones: OwnAccountIndex<Owner>,
): ReadonlyMap<Registration, Claims> {
	const found = new Map<Registration, Claims>();
	const claimed = new Map<RegisterTransaction, number>();
	for (const registration of registrations) {
		const claims = new Map<RegisterTransaction, Owner>();
		for (const transaction of transactionsOf(registration)) {
			const owner = phones.find(transaction)?.owner;
			if (owner !== undefined) claims.set(transaction, owner);
		}
		if (claims.size === 0) continue;
		for (const { transaction } of new Set(claims.values()))
			claimed.set(transaction, (claimed.get(transaction) ?? 0) + 1);
		found.set(registration, claims);
	}
	return new Map(
		[...found].filter(([{ decisive }, claims]) => {
			const owners = [...claims.values()];
			return (
				decisive?.transactions.every((transaction) => claims.has(transaction)) === true &&
				new Set(owners.map(({ growing }) => growing)).size === 1 &&
				owners.every(({ transaction }) => claimed.get(transaction) === 1)
			);
		}),
	);
}

function joinSpokenFor(
	place: number,
	registration: Registration,
	claims: Claims | undefined,
): Growing | undefined {
	const growing = claims?.values().next().value?.growing;
	if (claims === undefined || growing === undefined) return undefined;
	for (const [transaction, { transaction: of }] of claims) {
		const behind = growing.behind.get(of) ?? [];
		behind.push(...transaction.hops);
		growing.behind.set(of, behind);
	}
	growing.views.push({ place, registration, same: new Map(), isConnection: false });
	return growing;
}

/** Attempts at a time when the nearer place was not capturing. */
function unseenAttempts(
	{ attempts }: Registration,
	known: ReadonlySet<RegisterTransaction>,
	nearer: Place | undefined,
): readonly Attempt[] {
	return attempts.filter((attempt) => {
		if (attempt.transactions.some((transaction) => known.has(transaction))) return false;
		return (
			attempt.transactions.length > 0 && nearer !== undefined && !covers(nearer, startOf(attempt))
		);
	});
}

/**
 * A connection or a look-up without a REGISTER that a nearer place shows as well. Of many phones that fail at one moment
 * each has its own: first those that have none yet, and of these the one that fits best.
 */
function unreadOf(
	registration: Registration,
	place: number,
	all: readonly Growing[],
): Growing | undefined {
	if (transactionsOf(registration).length > 0) return undefined;
	const own = failuresOf(registration);
	const [connections, questions] = [indexConnections(own), indexQuestions(questionsIn(own))];
	const candidates = all.flatMap((growing) => {
		if (growing.place === place) return [];
		const failures = failuresOf(growing.base);
		const distance =
			connectionDistance(failures, connections) ??
			questionDistance(questionsIn(failures), questions);
		const isTaken = growing.views.some((view) => view.isConnection && view.place === place);
		return distance === undefined ? [] : [{ growing, distance, isTaken }];
	});
	candidates.sort((a, b) => Number(a.isTaken) - Number(b.isTaken) || a.distance - b.distance);
	const owner = candidates[0]?.growing;
	owner?.views.push({ place, registration, same: new Map(), isConnection: true });
	return owner;
}

function failuresOf({ attempts }: Registration): readonly AttemptEvent[] {
	return attempts.flatMap(({ failures }) => failures);
}

function finished(growing: Growing, nearest: Place | undefined): JoinedRegistration {
	const { base, place, others } = growing;
	if (growing.views.length === 0) return { registration: base, base, place, views: [] };
	const attempts = numbered(
		[...base.attempts, ...others]
			.map((attempt) => extended(attempt, growing, nearest))
			.toSorted((a, b) => startOf(a) - startOf(b)),
	);
	const decisive = decisiveAttempt(attempts);
	const transactions = attempts.flatMap((attempt) => attempt.transactions);
	const hops = transactions.flatMap((transaction) => transaction.hops);
	const registration: Registration = {
		...base,
		callIds: [...new Set([...base.callIds, ...hops.map(({ callId }) => callId)])],
		outcome: decisive?.outcome ?? base.outcome,
		finalStatus: decisive?.finalStatus,
		grantedExpires: decisive?.grantedExpires,
		path: pathOf(legsOf(decisive, transactions)),
		failover: failoverOf(transactions, decisive, undefined),
		attempts,
		decisive,
		messages: messagesOf(transactions),
	};
	const views = growing.views.map((view) =>
		view.isConnection ? connectionView(view, decisive) : viewOf(view, attempts),
	);
	return { registration, base, place, views };
}

function connectionView(
	{ place, registration }: Growing['views'][number],
	decisive: Attempt | undefined,
): View {
	const own = registration.decisive;
	const numbers = new Map(
		own === undefined || decisive === undefined ? [] : [[own, decisive.number] as const],
	);
	return { place, registration, numbers };
}

function viewOf(
	{ place, registration, same }: Growing['views'][number],
	attempts: readonly Attempt[],
): View {
	const numbers = new Map<Attempt, number>();
	for (const attempt of registration.attempts) {
		const last = attempt.transactions.findLast((transaction) => same.has(transaction));
		const base = last === undefined ? undefined : same.get(last)?.phone;
		const joined = attempts.find(({ transactions }) =>
			transactions.some(({ phone }) => phone === base),
		);
		if (joined !== undefined && base !== undefined) numbers.set(attempt, joined.number);
	}
	return { place, registration, numbers };
}

function extended(
	attempt: Attempt,
	{ behind, views }: Growing,
	nearest: Place | undefined,
): Attempt {
	return {
		...attempt,
		...endElsewhere(attempt, views, nearest),
		transactions: attempt.transactions.map((transaction) => {
			const hops = behind.get(transaction);
			if (hops === undefined) return transaction;
			const [first, ...others] = transaction.hops;
			return { ...transaction, hops: [first, ...others, ...hops] };
		}),
	};
}

/**
 * The outcome of an attempt that the nearest place did not see the end of, as its capture ends before: that of the place
 * that saw it, of the very same REGISTERs. What looked refused until then may have gone on and succeeded.
 */
function endElsewhere(
	{ outcome, transactions }: Attempt,
	views: Growing['views'],
	nearest: Place | undefined,
): Partial<Pick<Attempt, 'outcome' | 'finalStatus' | 'grantedExpires'>> {
	const until = nearest?.until;
	if ((outcome !== 'open' && !isFailed(outcome)) || until === undefined) return {};
	const own = new Set(transactions);
	const ended = views
		.flatMap(({ registration, same }) => registration.attempts.map((there) => ({ there, same })))
		.filter(({ there, same }) => {
			const last = there.transactions.at(-1);
			return (
				there.transactions.some((transaction) => {
					const here = same.get(transaction);
					return here !== undefined && own.has(here);
				}) && (last?.phone.final?.at ?? last?.phone.sends.at(-1)?.at ?? 0) > until
			);
		})
		.map(({ there }) => there)
		.find((there) => there.outcome !== 'open' && !(isFailed(outcome) && isFailed(there.outcome)));
	if (ended === undefined) return {};
	const { finalStatus, grantedExpires } = ended;
	return { outcome: ended.outcome, finalStatus, grantedExpires };
}

function transactionsOf({ attempts }: Registration): readonly RegisterTransaction[] {
	return attempts.flatMap(({ transactions }) => transactions);
}

function startOf({ transactions, failures }: Attempt): Instant {
	return transactions[0]?.phone.request.at ?? failures[0]?.at ?? 0;
}
