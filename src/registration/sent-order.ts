/*
 * REGISTERs in the order in which their phone sent them. A clock that was set back a little gives a REGISTER and the one that
 * answers its challenge times that are the wrong way round.
 */
import { DISORDER_MS } from '../time/disorder.js';
import { elapsedMs } from '../time/instant.js';
import type { RegisterTransaction } from './registration.js';

/**
 * In order of time, but for those of one Call-ID where both their CSeq (RFC 3261 §10.2: it grows with each) and their place in
 * the capture say otherwise. Either alone may err: phones count wrongly, and cards write packets down in disorder.
 */
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
	const [own, others] = [phone.request, other.phone.request];
	if (own.source !== others.source || own.frame >= others.frame) return false;
	return elapsedMs(others.at, own.at) <= DISORDER_MS;
}
