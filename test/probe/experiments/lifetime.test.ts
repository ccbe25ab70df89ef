import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	keepAliveFor,
	type LifetimeTrial,
	lifetimeOf,
	lifetimeWords,
	silencesUpTo,
} from '../../../src/probe/experiments/lifetime.js';

function trials(...results: readonly (readonly [number, LifetimeTrial['result']])[]) {
	return results.map(([silence, result]) => ({ silence, result }));
}

describe('the lifetime of a mapping', () => {
	it('lies between the longest silence it outlived and the shortest that ended it', () => {
		const lifetime = lifetimeOf(
			trials([15, 'alive'], [25, 'alive'], [35, 'expired'], [55, 'expired']),
		);
		expect(lifetime).toEqual({ kind: 'between', low: 25, high: 35 });
		expect(lifetimeWords(lifetime)).toBe('between 25 and 35 s');
	});

	it('is only bounded below where it outlived everything', () => {
		expect(lifetimeOf(trials([15, 'alive'], [25, 'alive']))).toEqual({ kind: 'at-least', low: 25 });
	});

	it('is only bounded above where the shortest silence ended it', () => {
		expect(lifetimeOf(trials([15, 'expired'], [25, 'expired']))).toEqual({
			kind: 'at-most',
			high: 15,
		});
	});

	it('takes an answer that is missing before a longer silence that was outlived for a loss', () => {
		expect(lifetimeOf(trials([15, 'expired'], [25, 'alive'], [35, 'expired']))).toEqual({
			kind: 'between',
			low: 25,
			high: 35,
		});
	});

	it('is not known where nothing was', () => {
		expect(lifetimeOf(trials([15, 'unknown'])).kind).toBe('cannot-tell');
		expect(lifetimeOf([]).kind).toBe('cannot-tell');
	});

	it('is inside the interval whatever was measured', () => {
		fc.assert(
			fc.property(
				fc.integer({ min: 5, max: 400 }),
				fc.integer({ min: 20, max: 300 }),
				(true_, max) => {
					const measured = silencesUpTo(max).map((silence) => {
						return { silence, result: silence < true_ ? ('alive' as const) : ('expired' as const) };
					});
					const lifetime = lifetimeOf(measured);
					const low = 'low' in lifetime ? lifetime.low : 0;
					const high = 'high' in lifetime ? lifetime.high : Number.POSITIVE_INFINITY;
					expect(low).toBeLessThan(true_);
					expect(high).toBeGreaterThanOrEqual(true_);
				},
			),
		);
	});
});

describe('the silences that are tried', () => {
	it.each([10, 15, 20, 40, 300, 900])(
		'are few, ascend, and end with the longest allowed, %i s',
		(max) => {
			const silences = silencesUpTo(max);
			expect(silences.length).toBeLessThanOrEqual(10);
			expect(silences.at(-1)).toBe(max);
			expect(silences).toEqual([...new Set(silences)].toSorted((a, b) => a - b));
		},
	);
});

describe('the keep-alive that is needed', () => {
	it.each([
		[{ kind: 'between', low: 25, high: 35 } as const, 20],
		[{ kind: 'at-least', low: 290 } as const, 29],
		[{ kind: 'at-most', high: 15 } as const, 7],
		[{ kind: 'cannot-tell' } as const, undefined],
	])('for %j is %s s', (lifetime, expected) => {
		expect(keepAliveFor(lifetime)).toBe(expected);
	});
});
