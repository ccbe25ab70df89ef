import { describe, expect, it } from 'vitest';
import { type RepeatedTransaction, repeatedForLoss } from '../../src/registration/packet-loss.js';
import { accepted, answered, type Request, request, sent } from '../support/exchange.js';
import { clientTransactionsIn } from '../support/transcript.js';

const REGISTER = request();

function lossIn(...events: readonly string[]): RepeatedTransaction | undefined {
	const [transaction] = clientTransactionsIn(events.join(''));
	if (transaction === undefined) throw new Error('no transaction');
	return repeatedForLoss(transaction);
}

function copies(register: Request, ...times: readonly number[]): string {
	return times.map((at) => sent(register, at)).join('');
}

describe('a lost packet', () => {
	it('is why a REGISTER was sent again and answered once', () => {
		expect(lossIn(copies(REGISTER, 0, 0.5), accepted(REGISTER, 0.53))?.prompt).toBe(true);
	});

	it('is less sure where the answer may be a late one to the first copy', () => {
		expect(lossIn(copies(REGISTER, 0, 0.5), accepted(REGISTER, 0.9))?.prompt).toBe(false);
	});

	it('is not there where one copy was enough', () => {
		expect(lossIn(copies(REGISTER, 0), accepted(REGISTER, 0.53))).toBeUndefined();
	});

	it('is not there where every copy was answered', () => {
		const answers = [accepted(REGISTER, 0.7), accepted(REGISTER, 1.2)];
		expect(lossIn(copies(REGISTER, 0, 0.5), ...answers)).toBeUndefined();
	});

	it('is not there where two of three copies were answered, as the phone had stopped by then', () => {
		const answers = [accepted(REGISTER, 2.5), accepted(REGISTER, 5)];
		expect(lossIn(copies(REGISTER, 0, 0.5, 1.5), ...answers)).toBeUndefined();
	});

	it('is not why a copy was sent after a 100 Trying', () => {
		const trying = answered(REGISTER, 0.03, { status: 100 });
		const events = [copies(REGISTER, 0), trying, copies(REGISTER, 0.5), accepted(REGISTER, 0.53)];
		expect(lossIn(...events)).toBeUndefined();
	});

	it('is not seen where nothing was answered at all', () => {
		expect(lossIn(copies(REGISTER, 0, 0.5, 1.5))).toBeUndefined();
	});

	it('is not seen over TCP, which repeats by itself', () => {
		const register = request({ transport: 'TCP' });
		expect(lossIn(copies(register, 0, 0.5), accepted(register, 0.53))).toBeUndefined();
	});
});
