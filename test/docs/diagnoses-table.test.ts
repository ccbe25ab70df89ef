import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ALL_RULES } from '../../src/diagnosis/catalogue.js';
import { diagnosesTable } from './diagnoses-table.js';
import { reasonsOf, recordedDiagnoses } from './recorded-diagnoses.js';

const DOCUMENT = join(import.meta.dirname, '../../docs/diagnoses.md');
const ids = ALL_RULES.map(({ id }) => id);
const captures = recordedDiagnoses();
const reasons = reasonsOf();

describe('the table of diagnoses', () => {
	it('is what the rule files and the captures give', async () => {
		await expect(diagnosesTable(ALL_RULES, captures, reasons)).toMatchFileSnapshot(DOCUMENT);
	});

	it('has a capture for every id, or the reason why there is none', () => {
		const without = ids.filter(
			(id) => captures.get(id) === undefined && (reasons[id] ?? '').length < 20,
		);
		expect(without).toEqual([]);
	});

	it('gives no reason for what was recorded, or for what is no id', () => {
		const needless = Object.keys(reasons).filter(
			(id) => captures.get(id) !== undefined || !ids.includes(id),
		);
		expect(needless).toEqual([]);
	});

	it('names no id in a truth.json that the catalogue does not have', () => {
		expect([...captures.keys()].filter((id) => !ids.includes(id) && id !== 'undetermined')).toEqual(
			[],
		);
	});

	it('shows more ids than it excuses', () => {
		expect(Object.keys(reasons).length).toBeLessThan(captures.size / 3);
	});
});
