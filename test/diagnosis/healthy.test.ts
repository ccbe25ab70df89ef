/*
 * No false alarm: fixtures/healthy holds registrations of every kind that work, and captures that show only a part of
 * one. None of them has a cause, and nothing about them is called fatal unless the phone itself mended it.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyseTranscriptFile } from '../support/transcript.js';

const HEALTHY = join(import.meta.dirname, '../../fixtures/healthy');
const names = readdirSync(HEALTHY).toSorted();

describe('a healthy registration', () => {
	it('is there in every kind', () => {
		expect(names.length).toBeGreaterThan(70);
	});

	for (const name of names) {
		const title = name.replace(/\.sip$/, '').replaceAll('-', ' ');
		const { registrations } = analyseTranscriptFile(join(HEALTHY, name));

		it(`has no cause: ${title}`, () => {
			expect(registrations.length).toBeGreaterThan(0);
			expect(registrations.map(({ cause }) => cause?.id)).toEqual(
				registrations.map(() => undefined),
			);
		});

		it(`has nothing fatal that was not mended: ${title}`, () => {
			const alarms = registrations
				.flatMap(({ findings }) => findings)
				.filter(({ severity, mended }) => severity === 'fatal' && !mended);
			expect(alarms.map(({ id }) => id)).toEqual([]);
		});

		it(`is registered, or open where the capture ends: ${title}`, () => {
			const allowed = name.startsWith('capture-ends-') ? ['registered', 'open'] : ['registered'];
			for (const { outcome } of registrations) expect(allowed).toContain(outcome);
		});

		it(`is one registration a phone: ${title}`, () => {
			expect(registrations.length).toBe(name.startsWith('two-phones') ? 2 : 1);
		});
	}
});
