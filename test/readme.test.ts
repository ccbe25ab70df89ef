import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSuite } from '../src/usecase/check/read-suite.js';
import { sipdoctor } from './support/sipdoctor.js';

const README = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

const COMMANDS = ['analyze', 'check', 'digest', 'explain', 'probe', 'reflect', 'watch'];

function between(start: string, end: string): string {
	return README.split(`<!-- ${start} -->\n`)[1]?.split(`<!-- ${end} -->`)[0] ?? '';
}

describe('the README', () => {
	it('shows the report that its first command prints', async () => {
		const capture = 'fixtures/captures/realm-mismatch/phone.pcap';
		const { stdout } = await sipdoctor(['analyze', capture, '--fail-on', 'never']);
		expect(between('analyze', 'analyzestop')).toBe(`\n\`\`\`\n${stdout.trim()}\n\`\`\`\n\n`);
	});

	it('describes every flag of every command', async () => {
		for (const command of COMMANDS) {
			const { stdout } = await sipdoctor([command, '--help']);
			for (const [flag] of stdout.matchAll(/--[a-z0-9-]+/g))
				expect(README, command).toContain(flag);
		}
	});

	it('shows a suite that check takes', () => {
		const suite = /```yaml\n(# suite\.yaml\n[\s\S]*?)```/.exec(README)?.[1] ?? '';
		const world = { environment: () => 'x', readText: () => '0'.repeat(32) };
		expect(readSuite(suite, 'suite.yaml', world).entries).toHaveLength(4);
	});
});
