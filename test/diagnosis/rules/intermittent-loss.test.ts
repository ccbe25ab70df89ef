/* Loss is judged over all REGISTERs of a phone, those that were let go included. */
import { describe, expect, it } from 'vitest';
import rule from '../../../src/diagnosis/rules/intermittent-loss.js';
import type { Registration } from '../../../src/registration/registration.js';
import { theRegistration } from '../../registration/reading.js';
import { accepted, request, sent } from '../../support/exchange.js';

const HOUR = 3600;

/** A refresh each hour, the ones named repeated before they are answered. */
function refreshes(count: number, lost: readonly number[]): string {
	return Array.from({ length: count }, (_, index) => {
		const register = request({ cseq: index + 1 });
		const at = index * HOUR;
		return lost.includes(index)
			? sent(register, at) + sent(register, at + 0.5) + accepted(register, at + 0.52)
			: sent(register, at) + accepted(register, at + 0.02);
	}).join('');
}

function verdictOn(registration: Registration) {
	const { decisive } = registration;
	if (decisive === undefined) throw new Error('no attempt');
	return rule.check({ registration, attempt: decisive } as never);
}

describe('loss now and then', () => {
	it('is told as a share of all refreshes, and over how long', () => {
		const verdict = verdictOn(theRegistration(refreshes(20, [3, 9, 15]), 80_000));
		expect(verdict).toMatchObject({
			kind: 'fires',
			summary: expect.stringContaining('3 of 20 REGISTERs (15 %)'),
		});
		expect(verdict).toMatchObject({ summary: expect.stringContaining('over 12 h') });
	});

	it('counts the refreshes that were let go: a few lost of many is everyday life', () => {
		const registration = theRegistration(refreshes(20, [3, 9, 15]), 80_000);
		const [first, ...others] = registration.attempts;
		if (first === undefined) throw new Error('no attempt');
		const attempts = [{ ...first, repeated: 480 }, ...others];
		expect(verdictOn({ ...registration, attempts }).kind).toBe('silent');
	});

	it('counts the lost ones that were let go', () => {
		const registration = theRegistration(refreshes(20, [3]), 80_000);
		const attempts = registration.attempts.map((attempt) => ({
			...attempt,
			repeated: attempt.number === 4 ? 9 : 0,
		}));
		const decisive = attempts.at(-1);
		expect(verdictOn({ ...registration, attempts, decisive })).toMatchObject({
			kind: 'fires',
			summary: expect.stringContaining('10 of 29 REGISTERs'),
		});
	});
});
