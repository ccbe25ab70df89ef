import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { capturesReadme } from './captures-readme.js';
import { record } from './recording.js';
import { requireLab } from './require-lab.js';
import { SCENARIOS } from './scenarios/scenarios.js';

/*
 * Records fixtures/captures again, scenarios side by side:
 * `vitest run --config test/lab/vitest.record.config.ts`, with `-t NAME` for some of them. `static-nonce` lasts an hour:
 * SIPDOCTOR_LAB_LONG=1.
 */

const CAPTURES = fileURLToPath(new URL('../../fixtures/captures/', import.meta.url));
/** What lasts longer is recorded only where the environment has SIPDOCTOR_LAB_LONG. */
const LONG_MS = 600_000;
const LIMIT_MS = 150_000;
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
	for (const scenario of SCENARIOS) {
		const { name, lastsMs = 0 } = scenario;
		const isLeftOut = lastsMs > LONG_MS && process.env['SIPDOCTOR_LAB_LONG'] === undefined;
		it.skipIf(isLeftOut)(`records ${name}`, { timeout: lastsMs + LIMIT_MS }, async () => {
			await record(scenario, `${CAPTURES}${name}`);
		});
	}
});
