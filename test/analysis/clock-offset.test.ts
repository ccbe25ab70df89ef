import { describe, expect, it } from 'vitest';
import { answerTimeVote, clockOffset, type Sighting } from '../../src/analysis/clock-offset.js';
import type { ClientTransaction } from '../../src/transaction/client-transaction.js';
import { accepted, request, sent } from '../support/exchange.js';
import { clientTransactionsIn } from '../support/transcript.js';

/** A REGISTER seen at these times, in seconds; without an answer where the second is missing. */
function seen(at: number, answeredAt?: number): ClientTransaction {
	const register = request();
	const answer = answeredAt === undefined ? '' : accepted(register, answeredAt);
	const [transaction] = clientTransactionsIn(sent(register, at) + answer);
	if (transaction === undefined) throw new Error('no transaction');
	return transaction;
}

function sighting(a: ClientTransaction, b: ClientTransaction): Sighting {
	return { a, b };
}

describe('the clock of a second capture', () => {
	it('is ahead by the middle of request and response', () => {
		// 20 ms there, 20 ms back, and 37 s ahead.
		expect(clockOffset([sighting(seen(1, 1.05), seen(38.02, 38.03))])).toBe(37_000_000);
	});

	it('is as good as equal where the way explains the difference', () => {
		expect(clockOffset([sighting(seen(1, 1.05), seen(1.03, 1.04))])).toBe(0);
	});

	it('is the median, so that one slow way does not turn it', () => {
		const usual = sighting(seen(1, 1.05), seen(11.02, 11.03));
		const slow = sighting(seen(1, 3.05), seen(11.02, 11.03));
		expect(clockOffset([usual, slow, usual])).toBe(10_000_000);
	});

	it('is that of the quick exchanges, where most were held up', () => {
		const quick = sighting(seen(1, 1.05), seen(11.02, 11.03));
		const slow = sighting(seen(1, 3.05), seen(11.02, 11.03));
		expect(clockOffset([slow, quick, slow])).toBe(10_000_000);
	});

	it('is told by the requests alone where nothing was answered', () => {
		expect(clockOffset([sighting(seen(1), seen(61.02))])).toBe(60_020_000);
		expect(clockOffset([sighting(seen(1), seen(1.02))])).toBe(0);
	});

	it('is unknown without a request in both', () => {
		expect(clockOffset([])).toBeUndefined();
	});
});

describe('which of two captures is nearer to the phone', () => {
	it('is the one that waits longer for the answer', () => {
		expect(answerTimeVote(sighting(seen(1, 1.05), seen(38.02, 38.03)))).toBe(1);
		expect(answerTimeVote(sighting(seen(38.02, 38.03), seen(1, 1.05)))).toBe(-1);
	});

	it('is not told by a request without an answer', () => {
		expect(answerTimeVote(sighting(seen(1), seen(2)))).toBe(0);
	});
});
