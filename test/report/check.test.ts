import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { CheckedEntry, CheckedSuite } from '../../src/report/check-document.js';
import { toCheckDocument } from '../../src/report/check-json.js';
import { renderCheckJunit } from '../../src/report/check-junit.js';
import { renderCheckText } from '../../src/report/check-text.js';
import { checkExitCode } from '../../src/report/exit-code.js';
import { renderGithubAnnotations } from '../../src/report/github-annotations.js';
import { unknownToReaders } from './junit-elements.js';

const HOSTILE = 'x"<&>\u001b[2J::error::\n%0A,]]>';

const HELD: CheckedEntry = {
	name: 'reception',
	kind: 'account',
	aor: '1001@example.com',
	line: 3,
	verdict: 'held',
	because: undefined,
	seen: {
		target: { host: 'example.com', port: 5060, transport: 'udp' },
		outcome: 'registered',
		finalStatus: 200,
		grantedExpires: 60,
		cause: undefined,
		findings: [],
		registeredMs: 23.5,
		answeredMs: 4,
	},
	expectations: [{ key: 'outcome', state: 'held', text: 'it is registered (200)', line: 3 }],
	ms: 40,
};

const FAILED: CheckedEntry = {
	...HELD,
	name: 'gate',
	line: 9,
	verdict: 'failed',
	seen: {
		target: { host: 'example.com', port: 5060, transport: 'udp' },
		outcome: 'rejected',
		finalStatus: 401,
		grantedExpires: undefined,
		cause: {
			id: 'wrong-password',
			severity: 'fatal',
			title: 'Wrong password',
			summary: 'The password of "1002" is not the one.',
			fix: [{ who: 'phone', what: 'Enter the password again.' }],
		},
		findings: ['no-qop'],
		registeredMs: undefined,
		answeredMs: 4,
	},
	expectations: [
		{
			key: 'outcome',
			state: 'failed',
			text: 'it is rejected (401); registered was expected',
			line: 11,
		},
	],
};

const NOT_RUN: CheckedEntry = {
	...HELD,
	verdict: 'not-run',
	because: 'interrupted before it',
	seen: undefined,
	expectations: [],
};

function suite(...entries: readonly CheckedEntry[]): CheckedSuite {
	return { file: 'ci/suite.yaml', startedAt: 1.8e15, ms: 1234, interrupted: false, entries };
}

const PAPER = { columns: 80, colour: false };

describe('a suite as table', () => {
	it('shows what does not hold first, with the cause and who must act', () => {
		const text = renderCheckText(suite(HELD, FAILED), PAPER);
		const lines = text.split('\n');
		expect(lines[1]).toMatch(/^✗ gate +rejected 401 +4 ms +outcome \(wrong-password\)/);
		expect(lines[2]).toMatch(/^✓ reception +registered +24 ms$/);
		expect(text).toContain('ci/suite.yaml:9');
		expect(text).toContain('fix (phone): Enter the password again.');
		expect(text).toContain('2 entries: 1 holds, 1 does not');
	});

	it.each([40, 60, 100])('stays within %i columns', (columns) => {
		const text = renderCheckText(suite(HELD, FAILED), { ...PAPER, columns });
		for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
	});

	it('is short where a thousand entries hold', () => {
		const text = renderCheckText(suite(...Array.from({ length: 1000 }, () => HELD)), PAPER);
		expect(text.split('\n').length).toBeLessThan(120);
		expect(text).toContain('1,000 entries: 1000 hold');
	});
});

describe('a suite as JUnit', () => {
	it('has a test case an entry, with line and failure', () => {
		const xml = renderCheckJunit(suite(HELD, FAILED, NOT_RUN));
		expect(xml).toContain('tests="3" failures="1" errors="0" time="1.234" skipped="1"');
		expect(unknownToReaders(xml)).toEqual([]);
		expect(xml).toMatch(
			/<testcase [^>]*name="gate"[^>]*line="9"[^>]*>\n\t*<failure type="wrong-password"/,
		);
		expect(xml).toContain('<skipped message="interrupted before it"/>');
	});
});

describe('a suite as GitHub annotations', () => {
	it('points at the line of the expectation that does not hold', () => {
		const [line] = renderGithubAnnotations(suite(HELD, FAILED)).split('\n');
		expect(line).toMatch(
			/^::error file=ci\/suite\.yaml,line=11,title=gate::outcome: it is rejected/,
		);
		expect(line).toContain('wrong-password');
	});

	it('warns of what was not run', () => {
		expect(renderGithubAnnotations(suite(NOT_RUN))).toMatch(
			/^::warning file=ci\/suite\.yaml,line=3/,
		);
	});
});

describe('a suite as JSON', () => {
	it('fits its schema', () => {
		const schema: unknown = JSON.parse(
			readFileSync(join(import.meta.dirname, '../../schemas/check.schema.json'), 'utf8'),
		);
		const ajv = new Ajv2020({
			strict: true,
			allowUnionTypes: true,
			formats: { 'date-time': true },
		});
		const validate = ajv.compile(schema as object);
		const document = toCheckDocument(suite(HELD, FAILED, NOT_RUN), {
			name: 'sipdoctor',
			version: '1',
		});
		expect(validate(JSON.parse(JSON.stringify(document))), JSON.stringify(validate.errors)).toBe(
			true,
		);
		expect(document.summary).toEqual({ entries: 3, held: 1, failed: 1, notRun: 1, crashed: 0 });
	});
});

describe('hostile text in a suite', () => {
	const hostile = suite({
		...FAILED,
		name: HOSTILE,
		expectations: [{ key: 'outcome', state: 'failed', text: HOSTILE, line: 1 }],
	});

	it('steers no terminal', () => {
		expect(renderCheckText(hostile, PAPER)).not.toContain('\u001b');
	});

	it('is no command of GitHub', () => {
		const lines = renderGithubAnnotations(hostile).split('\n');
		expect(lines.filter((line) => line.startsWith('::'))).toHaveLength(1);
		expect(lines[0]).toMatch(/^::error file=[^:]*::outcome: /);
	});

	it('closes no element of XML', () => {
		const xml = renderCheckJunit(hostile);
		expect(xml).not.toContain(']]>');
		expect(xml.match(/<\/?testcase/g)).toHaveLength(2);
	});
});

describe('the exit code of a check', () => {
	it.each([
		['all hold', suite(HELD), 0],
		['one does not', suite(HELD, FAILED, NOT_RUN), 1],
		['something was not run', suite(HELD, NOT_RUN), 3],
		['something crashed', suite(FAILED, { ...NOT_RUN, verdict: 'crashed' }), 70],
		['it was interrupted', { ...suite(HELD), interrupted: true }, 130],
	] as const)('where %s is %#', (_name, checked, code) => {
		expect(checkExitCode(checked)).toBe(code);
	});
});
