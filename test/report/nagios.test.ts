import { describe, expect, it } from 'vitest';
import type { DiagnosedRegistration, Step } from '../../src/analysis/analysis.js';
import { nagiosResult, nagiosUnknown } from '../../src/report/nagios.js';
import * as build from './analysis-builder.js';

function result(...registrations: readonly Partial<DiagnosedRegistration>[]) {
	return nagiosResult(
		build.analysis({ registrations: registrations.map((one) => build.registration(one)) }),
		false,
	);
}

const HEALTHY = {
	outcome: 'registered',
	finalStatus: 200,
	grantedExpires: 60,
	cause: undefined,
} as const;

function step(id: string, state: Step['state'], text: string): Step {
	return { id, state, ms: undefined, text };
}

describe('the line for monitoring', () => {
	it('is OK with time and expiry as performance data', () => {
		expect(result(HEALTHY)).toEqual({
			exit: 0,
			line: 'SIP OK - 1001@example.com registered in 64 ms | time=0.064s;;; expires=60s',
		});
	});

	it('is a warning for a degraded cause', () => {
		const cause = build.finding({ severity: 'degraded', id: 'server-slow' });
		expect(result({ ...HEALTHY, cause })).toMatchObject({
			exit: 1,
			line: expect.stringMatching(/^SIP WARNING - .*server-slow: /),
		});
	});

	it('is critical for a fatal cause, and for silence without one', () => {
		expect(result({})).toMatchObject({
			exit: 2,
			line: expect.stringMatching(
				/^SIP CRITICAL - 1001@example.com not registered: .*: realm-mismatch: /,
			),
		});
		expect(result({ outcome: 'unanswered', cause: undefined }).exit).toBe(2);
	});

	it('is OK for risks', () => {
		const cause = build.finding({ severity: 'risk' });
		expect(result({ ...HEALTHY, cause }).exit).toBe(0);
	});

	it('is unknown where nothing was tested, with the reason', () => {
		const steps = [
			step('credentials', 'skipped', 'no password was given'),
			step('binding', 'skipped', 'not reached'),
		];
		expect(result({ outcome: 'open', cause: undefined, steps })).toMatchObject({
			exit: 3,
			line: expect.stringMatching(/^SIP UNKNOWN - 1001@example.com: no password was given/),
		});
		const other = [step('binding', 'warning', 'not registered: another device is bound')];
		expect(result({ outcome: 'queried', cause: undefined, steps: other }).exit).toBe(3);
	});

	it('is OK for a query that was asked for', () => {
		const steps = [step('binding', 'ok', 'only asked for the bindings: no binding')];
		expect(result({ outcome: 'queried', cause: undefined, steps }).exit).toBe(0);
	});

	it('tells the worst of several, and how many have a problem', () => {
		const { exit, line } = result(HEALTHY, {}, HEALTHY);
		expect(exit).toBe(2);
		expect(line).toContain('(1 of 3 registrations with a problem)');
	});

	it('is one line with one bar, whatever stands in the words', () => {
		const cause = build.finding({ summary: 'a | b\r\nc\u001b[2J| d' });
		const { line } = result({ cause });
		expect(line.split('|')).toHaveLength(2);
		expect(line).toMatch(/^\P{Cc}*$/u);
	});

	it('is unknown where the user broke off, and for wrong usage', () => {
		expect(nagiosResult(build.analysis({ registrations: [] }), true).exit).toBe(3);
		expect(nagiosUnknown('unknown flag --bogus')).toEqual({
			exit: 3,
			line: 'SIP UNKNOWN - unknown flag --bogus',
		});
	});
});
