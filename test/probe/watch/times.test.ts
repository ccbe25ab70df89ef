import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backOffMs } from '../../../src/probe/watch/back-off.js';
import { NatLifetime } from '../../../src/probe/watch/nat-lifetime.js';
import { refreshMs } from '../../../src/probe/watch/refresh-time.js';

const FRACTION = fc.double({ min: 0, max: 0.999, noNaN: true });
const SECOND = 1_000_000;

describe('the wait after a failure', () => {
	it('is between a half and all of the base, doubled with each failure', () => {
		expect(backOffMs(1, 30, 0, undefined)).toBe(15_000);
		expect(backOffMs(2, 30, 0, undefined)).toBe(30_000);
		expect(backOffMs(3, 30, 0.999, undefined)).toBeGreaterThan(119_000);
	});

	it('is never more than half an hour by itself, and never less than asked for', () => {
		fc.assert(
			fc.property(fc.nat(100_000), FRACTION, fc.nat(90_000), (failures, random, asked) => {
				expect(backOffMs(failures + 1, 30, random, undefined)).toBeLessThanOrEqual(1_800_000);
				const waited = backOffMs(failures + 1, 30, random, asked);
				expect(waited).toBeGreaterThanOrEqual(Math.min(asked, 86_400) * 1000);
				expect(waited).toBeLessThan(2 ** 31);
			}),
		);
	});
});

describe('the next refresh', () => {
	it('comes before what was granted is over, and holds in a timer', () => {
		fc.assert(
			fc.property(fc.integer({ min: 6, max: 2 ** 32 }), FRACTION, (granted, random) => {
				const ms = refreshMs(granted, random);
				expect(ms).toBeLessThan(granted * 1000);
				expect(ms).toBeGreaterThanOrEqual(Math.min(granted * 500, 86_400_000));
				expect(ms).toBeLessThan(2 ** 31);
			}),
		);
	});
});

describe('the lifetime of a mapping', () => {
	it('is at least the longest silence after which the server still came through', () => {
		const lifetime = new NatLifetime();
		lifetime.sent(0);
		lifetime.reached(25 * SECOND);
		lifetime.reached(40 * SECOND);
		expect(lifetime.interval).toEqual({ atLeast: 25, atMost: undefined });
	});

	it('is at most the shortest silence after which it was another one', () => {
		const lifetime = new NatLifetime();
		lifetime.sent(0);
		lifetime.changedAfter(lifetime.sent(60 * SECOND));
		lifetime.changedAfter(lifetime.sent(200 * SECOND));
		expect(lifetime.interval).toEqual({ atLeast: undefined, atMost: 60 });
	});

	it('is not known from a single change, which a restart of the router makes, too', () => {
		const lifetime = new NatLifetime();
		lifetime.sent(0);
		lifetime.changedAfter(lifetime.sent(60 * SECOND));
		expect(lifetime.interval).toEqual({ atLeast: undefined, atMost: undefined });
	});

	it('is not known where what was seen contradicts itself', () => {
		const lifetime = new NatLifetime();
		lifetime.sent(0);
		lifetime.reached(100 * SECOND);
		lifetime.changedAfter(lifetime.sent(110 * SECOND));
		lifetime.changedAfter(lifetime.sent(120 * SECOND));
		expect(lifetime.interval).toEqual({ atLeast: undefined, atMost: undefined });
	});
});
