import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../lab/command.js';

const SCRIPT = join(import.meta.dirname, 'fuzz.mjs');

describe('the fuzzer', () => {
	let findings = '';
	beforeAll(async () => {
		findings = await mkdtemp(join(tmpdir(), 'sipdoctor-fuzz-'));
	});
	afterAll(() => rm(findings, { recursive: true, force: true }));

	const fuzz = (first: number, inputs: number) => {
		const range = ['--first', String(first), '--inputs', String(inputs)];
		const args = [SCRIPT, '--seed', '1', '--time', '600', ...range, '--findings', findings];
		return runCommand(process.execPath, args, { timeoutMs: 280_000 });
	};

	it('finds nothing in four hundred mutants, of which most still hold a registration', async () => {
		const { code, stdout } = await fuzz(1, 400);
		expect(stdout).toMatch(/^seed 1: 400 inputs, \d+ bytes, median \d{3,} bytes$/m);
		expect(stdout).toContain('0 findings');
		const outcomes = /^registrations found: (.*)$/m.exec(stdout)?.[1] ?? '{}';
		expect(Object.keys(JSON.parse(outcomes))).toEqual(
			expect.arrayContaining(['registered', 'rejected', 'open']),
		);
		expect(code).toBe(0);
	});

	it('gives the same input for the same seed and number', async () => {
		const [once, again, other] = await Promise.all([fuzz(7, 3), fuzz(7, 3), fuzz(8, 3)]);
		expect(again.stdout).toBe(once.stdout);
		expect(other.stdout).not.toBe(once.stdout);
	});
});
