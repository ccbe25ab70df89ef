import { readdir, readFile, stat } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { capturesReadme } from './captures-readme.js';
import { fileOf, type Place } from './scenarios/scenario.js';
import { SCENARIOS } from './scenarios/scenarios.js';

const CAPTURES = new URL('../../fixtures/captures/', import.meta.url);
const named = SCENARIOS.map((scenario) => ({ name: scenario.name, scenario }));
/** Four REGISTERs that are each sent eleven times to a dead server first are the most that anything needs. */
const MAX_BYTES = 40_000;
const PCAP_MAGIC = 0xa1b2c3d4;
const PCAPNG_MAGIC = 0x0a0d0d0a;

describe('the captures of the lab', () => {
	it('are one folder a scenario', async () => {
		const entries = await readdir(CAPTURES, { withFileTypes: true });
		const folders = entries.filter(
			(entry) =>
				entry.isDirectory() &&
				!['events', 'formats', 'hep', 'streams', 'tunnels'].includes(entry.name),
		);
		expect(folders.map((folder) => folder.name).sort()).toEqual(
			SCENARIOS.map((scenario) => scenario.name).sort(),
		);
	});

	it('are described by the table that their scenarios give', async () => {
		const readme = await readFile(new URL('README.md', CAPTURES), 'utf8');
		expect(readme).toBe(capturesReadme(SCENARIOS));
	});

	it('name twins that exist', () => {
		const names = new Set(SCENARIOS.map((scenario) => scenario.name));
		const twins = SCENARIOS.flatMap((scenario) => scenario.twin ?? []);
		expect(twins.filter((twin) => !names.has(twin))).toEqual([]);
	});

	it.each(named)('$name holds the truth of its scenario', async ({ name, scenario }) => {
		const text = await readFile(new URL(`${name}/truth.json`, CAPTURES), 'utf8');
		expect(JSON.parse(text)).toMatchObject({
			scenario: name,
			accounts: scenario.accounts,
			...scenario.truth,
		});
	});

	it.each(named)('$name has a small capture of every place', async ({ name, scenario }) => {
		// Object.keys forgets what the type of `truth` knows.
		const places = Object.keys(scenario.truth) as Place[];
		for (const place of places) {
			const file = new URL(`${name}/${fileOf(scenario, place)}`, CAPTURES);
			const magic = file.pathname.endsWith('.pcapng') ? PCAPNG_MAGIC : PCAP_MAGIC;
			expect((await readFile(file)).readUInt32LE(0)).toBe(magic);
			expect((await stat(file)).size).toBeLessThan(MAX_BYTES);
		}
	});
});
