import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseDocument } from 'yaml';
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

	it('shows YAML that can be read', () => {
		const blocks = [...README.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
		expect(blocks.length).toBeGreaterThanOrEqual(3);
		expect(blocks.flatMap((text) => parseDocument(text).errors)).toEqual([]);
	});

	it('shows jobs for GitHub and GitLab as these want them', () => {
		const [, github = '', gitlab = ''] = [...README.matchAll(/```yaml\n([\s\S]*?)```/g)].map(
			([, text = '']) => text,
		);
		expect(parse(github)).toMatchObject({
			on: { schedule: [{ cron: expect.stringMatching(/^(?:\S+ ){4}\S+$/) }] },
			jobs: { check: { 'runs-on': expect.any(String), steps: expect.any(Array) } },
		});
		expect(parse(gitlab)).toMatchObject({
			sip: {
				script: expect.any(Array),
				artifacts: { when: 'always', reports: { junit: 'report.xml' } },
			},
		});
	});

	it('calls every command with flags that it has', async () => {
		const help = new Map<string, string>();
		for (const command of COMMANDS) {
			help.set(command, (await sipdoctor([command, '--help'])).stdout);
		}
		const prose = README.split('<!-- commands -->')[0] ?? '';
		const calls = [...prose.matchAll(/\bsipdoctor ([a-z]+)((?: [^\n#`]*)?)/g)];
		const unknown = calls.flatMap(([, command = '', rest = '']) => {
			const flags = help.get(command);
			if (flags === undefined) return [];
			const used = [...rest.matchAll(/(?<=\s)--[a-z][a-z0-9-]*/g)].map(([flag]) => flag);
			return used.filter((flag) => !flags.includes(flag)).map((flag) => `${command} ${flag}`);
		});
		expect(calls.length).toBeGreaterThan(20);
		expect(unknown).toEqual([]);
	});

	it('shows a suite that check takes', () => {
		const suite = /```yaml\n(# suite\.yaml\n[\s\S]*?)```/.exec(README)?.[1] ?? '';
		const world = { environment: () => 'x', readText: () => '0'.repeat(32) };
		expect(readSuite(suite, 'suite.yaml', world).entries).toHaveLength(4);
	});
});
