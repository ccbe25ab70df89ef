import { describe, expect, it } from 'vitest';
import { KeptRegistrations } from '../../src/analysis/kept-registrations.js';
import { failureGroups } from '../../src/report/failure-groups.js';
import { analysis, registration } from '../report/analysis-builder.js';

const phone = (aor: string, userAgent: string) => registration({ aor, userAgent });

describe('registrations beyond the limit', () => {
	it('are counted with where they come from', () => {
		const kept = new KeptRegistrations(1);
		for (const [aor, agent] of [
			['sip:1@a', 'Old/1'],
			['sip:2@a', 'Old/1'],
			['sip:3@a', 'New/2'],
		] as const)
			kept.add(phone(aor, agent));
		expect(kept.omitted().map(({ count, whereabouts }) => [whereabouts?.userAgent, count])).toEqual(
			[
				['Old/1', 1],
				['New/2', 1],
			],
		);
	});

	it('are among the failures by User-Agent', () => {
		const kept = new KeptRegistrations(1);
		for (const aor of ['sip:1@a', 'sip:2@a', 'sip:3@a']) kept.add(phone(aor, 'Old/1'));
		const all = analysis({ registrations: kept.list(), omitted: kept.omitted() });
		expect(failureGroups(all).byUserAgent).toEqual([
			{ name: 'Old/1', registrations: 3, failed: 3, byCause: { 'realm-mismatch': 3 } },
		]);
	});

	it('are not counted twice when they come again', () => {
		const kept = new KeptRegistrations(10);
		kept.leaveOut([phone('sip:1@a', 'Old/1')]);
		kept.add(phone('sip:1@a', 'Old/1'));
		expect(kept.omitted()).toEqual([]);
	});

	it('of more kinds than are told apart are counted by outcome and cause', () => {
		const kept = new KeptRegistrations(1);
		const COUNT = 20_100;
		for (let index = 0; index <= COUNT; index += 1)
			kept.leaveOut([phone(`sip:${index}@a`, `Agent/${index}`)]);
		const omitted = kept.omitted();
		expect(omitted.length).toBeLessThanOrEqual(20_001);
		expect(omitted.reduce((sum, { count }) => sum + count, 0)).toBe(COUNT + 1);
	});
});
