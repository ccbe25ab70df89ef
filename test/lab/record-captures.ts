import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { capturesReadme } from './captures-readme.js';
import { record } from './recording.js';
import { requireLab } from './require-lab.js';
import { SCENARIOS } from './scenarios/scenarios.js';

/*
 * Records fixtures/captures again, scenarios side by side:
 * `vitest run --config test/lab/vitest.record.config.ts`, with `-t NAME` for some of them.
 */

const CAPTURES = fileURLToPath(new URL('../../fixtures/captures/', import.meta.url));
const lab = await requireLab();

describe.concurrent('the recorder', () => {
	it('has a lab', () => {
		expect(lab).toEqual({ available: true });
	});
	it('writes the table of captures', async () => {
		const text = capturesReadme(SCENARIOS);
		await writeFile(`${CAPTURES}README.md`, text);
		expect(text).toContain('healthy-nat');
	});
	it.each(SCENARIOS.map((scenario) => ({ name: scenario.name, scenario })))(
		'records $name',
		async ({ name, scenario }) => {
			await record(scenario, `${CAPTURES}${name}`);
		},
	);
});
