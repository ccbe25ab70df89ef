/** One Call-ID of two devices. */
import type { SipRequest } from '../sip/message.js';
import type { Instant } from '../time/instant.js';
import type { Observed } from '../trace/observed.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import type { Registration } from './registration.js';
import type { SourceIndex } from './source-index.js';

export interface SharedCallId {
	readonly callId: string;
	readonly own: Observed<SipRequest>;
	readonly other: Observed<SipRequest>;
}

/** Another host that uses the Call-ID while this one still does; undefined where one comes after the other. */
export function sharedCallId(
	registration: Registration,
	index: SourceIndex,
): SharedCallId | undefined {
	const mine = spans(registration);
	for (const other of index.sharingCallId(registration)) {
		for (const [callId, theirs] of spans(other)) {
			const own = mine.get(callId);
			if (own === undefined || isSamePhone(own, theirs, registration, other)) continue;
			if (own.from < theirs.until && theirs.from < own.until)
				return { callId, own: own.first, other: theirs.first };
		}
	}
	return undefined;
}

/** One address is that of one phone, unless two instances come from it: two phones behind a NAT. */
function isSamePhone(own: Span, theirs: Span, one: Registration, other: Registration): boolean {
	if (own.first.src.address !== theirs.first.src.address) return false;
	return one.instanceId === undefined || other.instanceId === undefined;
}

interface Span {
	readonly first: Observed<SipRequest>;
	readonly from: Instant;
	readonly until: Instant;
}

const known = new WeakMap<Registration, ReadonlyMap<string, Span>>();

/** From the first to the last REGISTER of each Call-ID. */
function spans(registration: Registration): ReadonlyMap<string, Span> {
	const found = known.get(registration) ?? measure(registration);
	known.set(registration, found);
	return found;
}

function measure({ attempts }: Registration): ReadonlyMap<string, Span> {
	const all = new Map<string, Span>();
	const transactions = attempts.flatMap((attempt) => attempt.transactions);
	for (const { callId, request } of transactions.map(({ phone }): ClientTransaction => phone)) {
		const span = all.get(callId);
		all.set(
			callId,
			span === undefined
				? { first: request, from: request.at, until: request.at }
				: { ...span, until: request.at },
		);
	}
	return all;
}
