/*
 * REGISTERs in the order in which their phone sent them. Two ports of a tap, or a clock that was set back a little, give a REGISTER
 * and the one that answers its challenge times that are the wrong way round.
 */
import { elapsedMs } from '../time/instant.js';
import type { RegisterTransaction } from './registration.js';

/** As much as a capture may have in disorder (capture/frame-clock.ts carries on what is further apart). */
const DISORDER_MS = 100;

/** In order of time, but for those of one Call-ID whose CSeq says otherwise (RFC 3261 §10.2: it grows with each). */
export function inOrderSent(
	transactions: readonly RegisterTransaction[],
): readonly RegisterTransaction[] {
	if (!transactions.some((one, index) => isSentBefore(one, transactions[index - 1])))
		return transactions;
	const ordered: RegisterTransaction[] = [];
	for (const one of transactions) {
		let at = ordered.length;
		while (isSentBefore(one, ordered[at - 1])) at -= 1;
		ordered.splice(at, 0, one);
	}
	return ordered;
}

function isSentBefore(
	{ phone }: RegisterTransaction,
	other: RegisterTransaction | undefined,
): boolean {
	if (other === undefined || phone.cseq === undefined || other.phone.cseq === undefined)
		return false;
	if (phone.cseq >= other.phone.cseq || phone.callId !== other.phone.callId) return false;
	if (phone.client.address !== other.phone.client.address) return false;
	return elapsedMs(other.phone.request.at, phone.request.at) <= DISORDER_MS;
}
