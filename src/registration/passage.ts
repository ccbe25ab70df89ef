/** The same request at one place and at the next one behind it. */
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { changeOf, type MessageChange } from './message-change.js';
import { hopsAt, type Place } from './place.js';
import type { RegisterTransaction } from './registration.js';

export interface Passage {
	readonly from: Place;
	readonly to: Place;
	readonly before: ClientTransaction;
	readonly after: ClientTransaction;
	readonly change: MessageChange;
}

/** Every step of a request from place to place, as far as two neighbouring places show it. */
export function passagesOf(
	{ hops }: RegisterTransaction,
	places: readonly Place[],
): readonly Passage[] {
	const seen = places.flatMap((place) => {
		const own = hopsAt(hops, place);
		return own.length === 0 ? [] : [{ place, own }];
	});
	return seen.slice(1).flatMap(({ place: to, own }, index) => {
		const upstream = seen[index];
		if (upstream === undefined) return [];
		const { place: from } = upstream;
		const before = upstream.own.at(-1);
		// An SBC may have sent several for one of the phone: each is compared with itself.
		const after = own.find(({ branch }) => branch === before?.branch) ?? own[0];
		if (before === undefined || after === undefined) return [];
		return [{ from, to, before, after, change: changeOf(before.request, after.request) }];
	});
}
