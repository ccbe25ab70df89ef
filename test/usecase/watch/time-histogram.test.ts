import { describe, expect, it } from 'vitest';
import { TimeHistogram } from '../../../src/usecase/watch/time-histogram.js';

describe('times counted by their size', () => {
	it('give median and p95 within 2 %', () => {
		const times = new TimeHistogram();
		for (let ms = 1; ms <= 1000; ms += 1) times.add(ms);
		expect(times.quantile(0.5)).toBeGreaterThan(485);
		expect(times.quantile(0.5)).toBeLessThan(515);
		expect(times.quantile(0.95)).toBeGreaterThan(925);
		expect(times.quantile(0.95)).toBeLessThan(975);
	});

	it('have no median where there are none', () => {
		const times = new TimeHistogram();
		times.add(-5);
		times.add(Number.NaN);
		expect(times.quantile(0.5)).toBeUndefined();
	});
});
