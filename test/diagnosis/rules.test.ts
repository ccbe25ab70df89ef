/*
 * Every rule has its fixtures, and their file names are the assertion: `fires-*` the rule fires, `silent-*` it does not
 * (the near miss), `cannot-tell-*` it says what would decide it. `fires-*-as-cause` also asks for the one cause.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../src/analysis/analysis.js';
import { CATALOGUE } from '../../src/diagnosis/catalogue.js';
import {
	chooseCause,
	DEGRADED_ORDER,
	FATAL_ORDER,
	FINDINGS_ONLY,
} from '../../src/diagnosis/choose-cause.js';
import { analyseTranscriptFile } from '../support/transcript.js';

const RULES = join(import.meta.dirname, '../../src/diagnosis/rules');
const FIXTURES = join(import.meta.dirname, '../../fixtures/rules');

/** None where the folder is missing: that is one test's complaint and not the end of all others. */
function fixturesOf(id: string): readonly string[] {
	return existsSync(join(FIXTURES, id)) ? readdirSync(join(FIXTURES, id)) : [];
}

function fired(analysis: Analysis): readonly string[] {
	return analysis.registrations.flatMap(({ cause, findings }) => [
		...(cause === undefined ? [] : [cause.id]),
		...findings.map(({ id }) => id),
	]);
}

describe('the catalogue', () => {
	const ids = CATALOGUE.map(({ id }) => id);

	it('holds exactly the rule files, each id once', () => {
		const files = readdirSync(RULES).map((name) => name.replace(/\.ts$/, ''));
		expect([...ids].toSorted()).toEqual(files.toSorted());
	});

	it('has a folder of fixtures for each rule, with one that fires and a near miss', () => {
		expect(readdirSync(FIXTURES).toSorted()).toEqual([...ids].toSorted());
		for (const id of ids) {
			const names = fixturesOf(id);
			expect(
				names.some((name) => name.startsWith('fires-')),
				`${id} fires`,
			).toBe(true);
			expect(
				names.some((name) => name.startsWith('silent-')),
				`${id} stays silent`,
			).toBe(true);
		}
	});

	it('orders every fatal and degraded rule for the choice of the cause', () => {
		const ordered = CATALOGUE.filter(
			({ severity }) => severity === 'fatal' || severity === 'degraded',
		);
		// Some are the one or the other, depending on whether anything registers.
		const order = new Set([...FATAL_ORDER, ...DEGRADED_ORDER, ...FINDINGS_ONLY]);
		expect([...order].toSorted()).toEqual(ordered.map(({ id }) => id).toSorted());
	});

	it('explains every rule: meaning, causes, how to confirm, look-alikes, fix and a reference', () => {
		for (const { id, explanation, fix, references } of CATALOGUE) {
			expect(explanation.means.length, id).toBeGreaterThan(40);
			expect(explanation.causes.length, id).toBeGreaterThan(0);
			expect(explanation.confirm.length, id).toBeGreaterThan(20);
			expect(explanation.lookAlikes.length, id).toBeGreaterThan(0);
			expect(fix.length, id).toBeGreaterThan(0);
			for (const reference of references) expect(reference, id).toMatch(/^RFC \d+( §[\d.]+)?$/);
		}
	});

	it('gives a registration that succeeded no fatal cause', () => {
		const fatal = { severity: 'fatal', confidence: 'proven', id: 'wrong-password' } as never;
		expect(chooseCause('registered', [fatal])).toBeUndefined();
	});
});

for (const { id } of CATALOGUE) {
	describe(id, () => {
		for (const name of fixturesOf(id)) {
			const file = join(FIXTURES, id, name);
			if (name.startsWith('fires-')) {
				it(`fires on ${name}`, () => {
					const analysis = analyseTranscriptFile(file);
					expect(fired(analysis)).toContain(id);
					if (name.includes('-as-cause')) {
						expect(analysis.registrations.map(({ cause }) => cause?.id)).toContain(id);
					}
				});
			} else if (name.startsWith('silent-')) {
				it(`stays silent on ${name}`, () => {
					const analysis = analyseTranscriptFile(file);
					expect(analysis.registrations.length).toBeGreaterThan(0);
					expect(fired(analysis)).not.toContain(id);
				});
			} else {
				it(`says what would decide ${name}`, () => {
					expect(name).toMatch(/^cannot-tell-/);
					const { registrations } = analyseTranscriptFile(file);
					expect(
						registrations.flatMap(({ cannotTell }) => cannotTell.map((one) => one.id)),
					).toContain(id);
				});
			}
		}
	});
}
