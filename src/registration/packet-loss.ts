/** Retransmissions that only a lost packet explains (RFC 3261 §17.1.2.2). */
import { elapsedMs } from '../time/instant.js';
import type { ClientTransaction } from '../transaction/client-transaction.js';

/**
 * An answer this soon after a copy answers that copy: the earlier one was lost. A server that takes longer than T1 may
 * as well answer the first copy late.
 */
const PROMPT_MS = 100;

/** A transaction over UDP that was answered, but only after its request had been sent again. */
export interface RepeatedTransaction {
	readonly transaction: ClientTransaction;
	/** The answer followed the last copy at once, so it is not a late answer to the first. */
	readonly prompt: boolean;
}

/**
 * The transaction, where a packet of it was lost. Undefined where it needed no copy, or got no answer. Nor where two of
 * its copies were answered, as whoever has an answer sends no more: both were there when the first one came, and the server
 * is slow. Not every copy has an answer of its own then, as a proxy answers those that come while it waits itself.
 */
export function repeatedForLoss(transaction: ClientTransaction): RepeatedTransaction | undefined {
	const { sends, responses, final, transport } = transaction;
	if (transport !== 'udp' || final === undefined) return undefined;
	const before = sends.filter(({ at }) => at <= final.at);
	const copy = before.at(-1);
	if (before.length < 2 || copy === undefined) return undefined;
	const answers = responses.filter(
		({ message }) => message.statusCode === final.message.statusCode,
	).length;
	if (answers > 1) return undefined;
	// A provisional response says that the request was there: the wait is the server's.
	if (responses.some(({ at, message }) => message.statusCode < 200 && at < copy.at))
		return undefined;
	return { transaction, prompt: elapsedMs(copy.at, final.at) <= PROMPT_MS };
}
