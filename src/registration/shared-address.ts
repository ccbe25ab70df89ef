/* Phones that come from one address: a site behind its NAT, seen from the outside. */
import { isPrivateAddress } from '../net/address.js';
import { readVias, topVia } from '../sip/headers/via.js';
import type { SipRequest } from '../sip/message.js';
import type { Observed } from '../trace/observed.js';
import { lastTransaction } from './attempt-facts.js';
import { isFailed } from './outcome.js';
import type { Registration } from './registration.js';

/** Two lines of one phone, a phone and a doorbell: nothing worth a word. */
const MANY = 5;

export interface SharedAddress {
	readonly address: string;
	/** A REGISTER of each phone, in order of time. */
	readonly requests: readonly [Observed<SipRequest>, ...Observed<SipRequest>[]];
	readonly registered: number;
	readonly failed: number;
}

type Seen = Pick<Registration, 'aor' | 'attempts'>;

interface BehindNat {
	readonly request: Observed<SipRequest>;
	readonly registration: Seen;
}

/** Public addresses with five phones or more, each with another address of its own behind it; the busiest first. */
export function sharedAddresses(registrations: readonly Seen[]): readonly SharedAddress[] {
	const byAddress = new Map<string, Map<string, BehindNat>>();
	for (const registration of registrations) {
		const request = behindNat(registration);
		if (request === undefined) continue;
		const phones = byAddress.get(request.src.address) ?? new Map<string, BehindNat>();
		byAddress.set(request.src.address, phones);
		phones.set(insideOf(request), { request, registration });
	}
	return [...byAddress]
		.flatMap(([address, phones]) => sharedAddress(address, [...phones.values()]) ?? [])
		.toSorted((a, b) => b.requests.length - a.requests.length);
}

function sharedAddress(address: string, phones: readonly BehindNat[]): SharedAddress | undefined {
	const [first, ...others] = phones.map(({ request }) => request).toSorted((a, b) => a.at - b.at);
	if (first === undefined || phones.length < MANY) return undefined;
	const outcomes = phones.flatMap(
		({ registration }) => registration.attempts.at(-1)?.outcome ?? [],
	);
	return {
		address,
		requests: [first, ...others],
		registered: outcomes.filter((outcome) => outcome === 'registered').length,
		failed: outcomes.filter(isFailed).length,
	};
}

/** Its last REGISTER, where a NAT stands before the place of the capture: private in Via, public on the wire. */
function behindNat({ attempts }: Seen): Observed<SipRequest> | undefined {
	const last = attempts.at(-1);
	const request = last === undefined ? undefined : lastTransaction(last)?.phone.request;
	if (request === undefined || isPrivateAddress(request.src.address)) return undefined;
	// What a proxy or SBC passes on says nothing of NATs.
	if (readVias(request.message).length !== 1) return undefined;
	const host = topVia(request.message)?.sentBy.host;
	return host !== undefined && isPrivateAddress(host) ? request : undefined;
}

function insideOf({ message }: Observed<SipRequest>): string {
	const via = topVia(message);
	return `${via?.sentBy.host ?? ''}:${via?.sentBy.port ?? ''}`;
}
