/* Where a nonce came from, across attempts. */
import { describe, expect, it } from 'vitest';
import { authenticationSteps } from '../../src/registration/authentication.js';
import { usedNonce } from '../../src/registration/issued-nonce.js';
import { accepted, answered, challenged, credentials, request, sent } from '../support/exchange.js';
import { theRegistration } from './reading.js';

const first = request();
const second = request({ cseq: 2, headers: [credentials('n1')] });
const third = request({ cseq: 3, headers: [credentials('n1')] });
const text =
	sent(first, 0) +
	challenged(first, 1, 'n1') +
	sent(second, 2) +
	accepted(second, 3) +
	sent(third, 101) +
	answered(third, 102, { status: 401 });

function used(cseq: number) {
	const registration = theRegistration(text, 200);
	for (const attempt of registration.attempts) {
		const step = authenticationSteps(attempt).find(
			({ transaction }) => transaction.phone.cseq === cseq,
		);
		if (step !== undefined) return usedNonce(step, attempt, registration);
	}
	throw new Error(`no REGISTER ${cseq}`);
}

describe('the nonce that a REGISTER uses', () => {
	it('is as old as its challenge', () => {
		expect(used(2)?.ageMs).toBe(1000);
		expect(used(3)?.ageMs).toBe(100_000);
	});

	it('was accepted as often as a success before shows', () => {
		expect(used(2)?.accepted).toHaveLength(0);
		expect(used(3)?.accepted).toHaveLength(1);
	});

	it('is none without credentials', () => {
		expect(used(1)).toBeUndefined();
	});
});
