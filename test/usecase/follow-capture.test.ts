import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Analysis } from '../../src/analysis/analysis.js';
import { followCapture } from '../../src/usecase/follow-capture.js';

const CAPTURES = join(import.meta.dirname, '../../fixtures/captures');

async function followed(scenario: string) {
	const bytes = readFileSync(join(CAPTURES, scenario, 'phone.pcap'));
	const told: Analysis[] = [];
	const given: { read: number; told: number }[] = [];
	async function* chunks() {
		for (let read = 0; read < bytes.length; read += 200) {
			given.push({ read, told: told.length });
			yield bytes.subarray(read, read + 200);
		}
	}
	const analysis = await followCapture({
		name: '-',
		chunks: chunks(),
		accounts: [],
		onEnded: (one) => told.push(one),
		// Looks behind each chunk, however long a look takes here.
		pace: { now: () => 0, pause: async () => undefined },
	});
	const outcomes = told.flatMap(({ registrations }) =>
		registrations.map(({ outcome, cause }) => [outcome, cause?.id]),
	);
	return { analysis, outcomes, given };
}

describe('a capture that is followed', () => {
	it('tells a registration once, as it ends', async () => {
		const { outcomes } = await followed('wrong-password');
		expect(outcomes).toEqual([['rejected', 'wrong-password']]);
	});

	it('tells each refresh, and not the exchange that is still open', async () => {
		const { outcomes } = await followed('healthy-refresh-unregister');
		expect(outcomes.length).toBeGreaterThan(1);
		expect(new Set(outcomes.map(([outcome]) => outcome))).toEqual(new Set(['registered']));
	});

	it('tells a registration again once it is known what became of it', async () => {
		const { outcomes } = await followed('flow-closed');
		expect(outcomes).toEqual([
			['registered', undefined],
			['registered', 'flow-closed'],
		]);
	});

	it('tells before the end is read', async () => {
		const { given } = await followed('healthy-refresh-unregister');
		expect(given.at(-1)?.told).toBeGreaterThan(0);
	});

	it('ends with the analysis of all', async () => {
		const { analysis } = await followed('wrong-password');
		expect(analysis.registrations.map(({ cause }) => cause?.id)).toEqual(['wrong-password']);
		expect(analysis.sources[0]?.packets).toBe(6);
	});
});
