/*
 * A phone that is silent because another one behind the same address made the server ban it (fail2ban and its like ban
 * addresses, not accounts).
 */
import { canonicalAddress } from '../net/address.js';
import { topVia } from '../sip/headers/via.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { lastTransaction } from './attempt-facts.js';
import {
	type FailedAuthentication,
	failedAuthenticationsBefore,
} from './failed-authentications.js';
import type { Attempt, Registration } from './registration.js';
import type { SourceIndex } from './source-index.js';

export interface BannedNeighbour {
	readonly registration: Registration;
	readonly address: string;
	readonly failures: readonly FailedAuthentication[];
	readonly count: number;
	/** The first REGISTER of the neighbour that stayed without an answer. */
	readonly silent: ClientTransaction;
	/** A phone from another address is answered after that: the server is up. */
	readonly answersOthers: boolean;
}

/** Undefined where no neighbour was refused `minimum` times and then heard nothing, or the server went silent for all. */
export function bannedNeighbour(
	attempt: Attempt,
	registration: Registration,
	index: SourceIndex,
	minimum: number,
): BannedNeighbour | undefined {
	const phone = lastTransaction(attempt)?.phone;
	const address = outsideOf(registration);
	if (phone === undefined || address === undefined) return undefined;
	const all = index.sharingServer(registration);
	const isBehind = (other: Registration) => outsideOf(other) === address;
	for (const other of all.filter(isBehind)) {
		const found = banOf(other, phone, minimum);
		if (found === undefined) continue;
		const since = found.failures.at(-1)?.final?.at ?? 0;
		// Whoever of them is answered after that, nobody banned.
		if ([registration, ...all.filter(isBehind)].some((one) => isAnswered(one, phone, since)))
			return undefined;
		const strangers = all.filter((one) => !isBehind(one));
		const answersOthers = strangers.some((one) => isAnswered(one, phone, since));
		if (!answersOthers && strangers.some((one) => isSilent(one, since))) return undefined;
		return { registration: other, address, ...found, answersOthers };
	}
	return undefined;
}

function banOf(other: Registration, { server, request }: ClientTransaction, minimum: number) {
	const attempt = other.attempts.findLast(({ outcome }) => outcome === 'unanswered');
	const silent = attempt === undefined ? undefined : lastTransaction(attempt)?.phone;
	if (attempt === undefined || silent === undefined || silent.responses.length > 0)
		return undefined;
	if (silent.server.address !== server.address) return undefined;
	const failures = failedAuthenticationsBefore(attempt, other);
	const count = failures.reduce((sum, { times }) => sum + times, 0);
	const last = failures.at(-1)?.final;
	if (count < minimum || last === undefined || last.at > request.at) return undefined;
	return { failures, count, silent };
}

/** What the server sees it come from: the packet itself outside the NAT, else `received` of an answer. */
function outsideOf({ attempts }: Registration): string | undefined {
	const phones = attempts.flatMap(({ transactions }) => transactions).map(({ phone }) => phone);
	const told = phones.findLast(({ final }) => final !== undefined)?.final;
	const received = told === undefined ? undefined : topVia(told.message)?.received;
	return received === undefined ? phones[0]?.client.address : canonicalAddress(received);
}

function isAnswered({ attempts }: Registration, { server }: ClientTransaction, since: number) {
	return attempts
		.flatMap(({ transactions }) => transactions)
		.some(
			({ phone }) =>
				phone.server.address === server.address && phone.responses.some(({ at }) => at > since),
		);
}

function isSilent({ attempts }: Registration, since: number): boolean {
	const last = attempts.at(-1);
	const phone = last === undefined ? undefined : lastTransaction(last)?.phone;
	return last?.outcome === 'unanswered' && (phone?.request.at ?? 0) > since;
}
