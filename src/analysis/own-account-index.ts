/*
 * REGISTERs for which an SBC with an account of its own may have sent those of another capture. Nothing in them is the
 * same: user, address and nested time must say so, on clocks that nothing aligns, and of two that could be meant none is.
 */
import { appendToList } from '../registration/lists-by-key.js';
import { contactUserOf, isOnBehalf, userOf } from '../registration/own-account-leg.js';
import type { RegisterTransaction } from '../registration/registration.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';

/** REGISTERs of one user that are looked at; a phone in a loop has more, and is not told by its time. */
const MAX_CANDIDATES = 256;

export interface SpokenFor<T> {
	readonly owner: T;
	readonly upstream: ClientTransaction;
}

export class OwnAccountIndex<T> {
	readonly #byUser = new Map<string, SpokenFor<T>[]>();

	/** The last hop that a capture shows is the one that reached the SBC. */
	add(owner: T, { hops, phone }: RegisterTransaction): void {
		const user = userOf(phone);
		const upstream = hops.at(-1);
		if (user === undefined || upstream === undefined) return;
		appendToList(this.#byUser, user, { owner, upstream });
	}

	/** The one that was sent for; undefined where there is none, or more than one. */
	find({ phone }: RegisterTransaction): SpokenFor<T> | undefined {
		const users = new Set([userOf(phone), contactUserOf(phone)]);
		const candidates = [...users].flatMap((user) => this.#byUser.get(user ?? '') ?? []);
		if (candidates.length > MAX_CANDIDATES) return undefined;
		const possible = candidates.filter(
			({ upstream }) =>
				upstream.server.address === phone.client.address && isOnBehalf(upstream, phone),
		);
		const [first, ...others] = possible;
		const isOne = others.every(({ upstream }) => upstream.callId === first?.upstream.callId);
		return isOne ? first : undefined;
	}
}
