/* The REGISTERs of captures, to be found again in another one. */

import type { RegisterTransaction } from '../registration/registration.js';
import { crossingKeys, type SameRequest, sameRequest } from '../registration/same-request.js';
import { firstHeader } from '../sip/header-fields.js';
import { readVias } from '../sip/headers/via.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';

/** Requests with one key that are looked at: phones that never change a branch have many. */
const MAX_CANDIDATES = 64;

/** One request in two captures. */
export interface SharedRequest<T> {
	/** What was put into the index with the upstream one. */
	readonly owner: T;
	readonly upstream: ClientTransaction;
	readonly downstream: ClientTransaction;
	readonly as: SameRequest;
}

interface Entry<T> {
	readonly owner: T;
	readonly hop: ClientTransaction;
}

export class RequestIndex<T> {
	readonly #entries = new Map<string, Entry<T>[]>();

	add(owner: T, hops: readonly ClientTransaction[]): void {
		for (const hop of hops) {
			for (const key of keysOf(hop)) {
				const list = this.#entries.get(key);
				if (list === undefined) this.#entries.set(key, [{ owner, hop }]);
				else if (list.length < MAX_CANDIDATES) list.push({ owner, hop });
			}
		}
	}

	/** The request that a transaction of another capture is, or was made of; that which is most like it. */
	find({ hops }: RegisterTransaction): SharedRequest<T> | undefined {
		let best: SharedRequest<T> | undefined;
		let most = 0;
		for (const hop of hops) {
			const candidates = new Set(keysOf(hop).flatMap((key) => this.#entries.get(key) ?? []));
			for (const { owner, hop: known } of candidates) {
				const shared = relation(owner, known, hop);
				const score = shared === undefined ? 0 : likeness(shared);
				if (score <= most) continue;
				best = shared;
				most = score;
			}
		}
		return best;
	}
}

function relation<T>(
	owner: T,
	known: ClientTransaction,
	hop: ClientTransaction,
): SharedRequest<T> | undefined {
	const as = sameRequest(known, hop);
	if (as !== undefined) return { owner, upstream: known, downstream: hop, as };
	const reverse = sameRequest(hop, known);
	return reverse && { owner, upstream: hop, downstream: known, as: reverse };
}

const WEIGHT: Readonly<Record<SameRequest, number>> = { same: 30, forwarded: 20, rebuilt: 10 };

/** The same server and the same credentials tell a request from its repetition with the same branch. */
function likeness({ upstream, downstream, as }: SharedRequest<unknown>): number {
	const sameServer = upstream.server.address === downstream.server.address ? 2 : 0;
	const sameCredentials = credentials(upstream) === credentials(downstream) ? 1 : 0;
	return WEIGHT[as] + sameServer + sameCredentials;
}

function credentials({ request }: ClientTransaction): string {
	return firstHeader(request.message, 'authorization')?.value ?? '';
}

function keysOf(hop: ClientTransaction): readonly string[] {
	const branches = readVias(hop.request.message).flatMap((via) =>
		via.ok && via.value.branch !== undefined ? [`${via.value.branch}|${hop.cseq ?? ''}`] : [],
	);
	return [`call|${hop.callId}|${hop.cseq ?? ''}`, ...branches, ...crossingKeys(hop)];
}
