import { describe, expect, it } from 'vitest';
import { TransactionTracker } from '../../src/transaction/transaction-tracker.js';
import { request, sent } from '../support/exchange.js';
import { clientTransactionsIn } from '../support/transcript.js';

describe('a frame of a packet whose frames are no longer listed', () => {
	it('takes the place of no later copy where it comes behind that', () => {
		const [first] = clientTransactionsIn(sent(request(), 0));
		if (first === undefined) throw new Error('no transaction');
		const early = first.request;
		const late = { ...early, at: early.at + 1_000_000 };
		const tracker = new TransactionTracker();
		for (let frame = 0; frame < 100; frame += 1) tracker.message(early);
		tracker.message(late);
		tracker.message(early);
		const [transaction] = tracker.transactions();
		expect(transaction?.sends.map(({ at }) => at)).toEqual([early.at, late.at]);
		expect(transaction?.moreSends).toBeUndefined();
		expect(tracker.losses().copies).toBe(1);
	});
});
