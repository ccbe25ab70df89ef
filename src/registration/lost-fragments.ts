import type { FragmentEvent, Observed, PacketFacts } from '../trace/observed.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';
import { lastTransaction, MINIMUM_SENDS_AFTER_FINAL, sendsAfterFinal } from './attempt-facts.js';
import type { Attempt } from './registration.js';

/** `2 fragments`, `fragments` where nobody knows how many; undefined for what came in one packet. */
export function fragmentWords({ fragments, isBeginning }: PacketFacts): string | undefined {
	if (isBeginning === true) return 'fragments';
	return fragments > 1 ? `${fragments} fragments` : undefined;
}

/** True where the first of the fragments is there, and says that they are a REGISTER. */
export function isOfRegister({ first }: FragmentEvent): boolean {
	return first?.text.startsWith('REGISTER ') === true;
}

/** True for the message that stands in the first of these fragments. */
export function isBeginningOf({ source, frames }: FragmentEvent, observed: Observed): boolean {
	const { packet, frame } = observed;
	return packet.isBeginning === true && observed.source === source && frames.includes(frame);
}

/** The messages of hops of which the source has the beginning alone. */
export function beginningsOf(hops: readonly ClientTransaction[]): readonly Observed[] {
	const messages = hops.flatMap(({ sends, responses }): readonly Observed[] => [
		...sends,
		...responses,
	]);
	return messages.filter(({ packet }) => packet.isBeginning === true);
}

/**
 * The incomplete messages of an attempt since the last answer that came whole: a lost copy of an answered one is mended.
 * An answer of which this source has only the beginning came whole where the phone did not ask again.
 */
export function lostFragmentsOf(attempt: Attempt): readonly FragmentEvent[] {
	const phone = lastTransaction(attempt)?.phone;
	const final = phone?.final;
	if (phone !== undefined && final?.packet.isBeginning === true) {
		if (sendsAfterFinal(phone).length < MINIMUM_SENDS_AFTER_FINAL) return [];
	}
	// The beginning of a REGISTER stands among the sends, and the last that was sent was heard.
	const isHeard = phone !== undefined && phone.responses.length > 0;
	return attempt.failures.filter((event): event is FragmentEvent => {
		if (event.kind !== 'fragments-lost' || (isHeard && isOfRegister(event))) return false;
		return final === undefined || event.at >= final.at;
	});
}
