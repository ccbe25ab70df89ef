import { describe, expect, it } from 'vitest';
import { exitCode } from '../../src/report/exit-code.js';
import { analysis, finding, registration, source } from './analysis-builder.js';

const withCause = (...args: Parameters<typeof finding>) =>
	analysis({ registrations: [registration({ cause: finding(...args) })] });
const EMPTY = analysis({ registrations: [], sources: [source({ registerRequests: 0 })] });

describe('exitCode', () => {
	it('is 1 where a cause reaches the threshold', () => {
		expect(exitCode(withCause({ severity: 'fatal' }), 'fatal')).toBe(1);
		expect(exitCode(withCause({ severity: 'degraded' }), 'degraded')).toBe(1);
		expect(exitCode(withCause({ severity: 'fatal' }), 'risk')).toBe(1);
	});

	it('is 0 where a cause stays below it', () => {
		expect(exitCode(withCause({ severity: 'degraded' }), 'fatal')).toBe(0);
	});

	it('does not count what fired beside the cause', () => {
		const beside = registration({ cause: undefined, outcome: 'registered', findings: [finding()] });
		expect(exitCode(analysis({ registrations: [beside] }), 'risk')).toBe(0);
	});

	it('counts a finding of the whole capture', () => {
		const healthy = registration({ cause: undefined, outcome: 'registered' });
		const whole = analysis({ registrations: [healthy], findings: [finding({ attempt: 0 })] });
		expect(exitCode(whole, 'fatal')).toBe(1);
	});

	it('does not count what a later attempt mended', () => {
		expect(
			exitCode(analysis({ registrations: [], findings: [finding({ mended: true })] }), 'fatal'),
		).toBe(0);
	});

	it('never counts what is only worth knowing', () => {
		expect(exitCode(withCause({ severity: 'info' }), 'risk')).toBe(0);
	});

	it('is 0 with never, whatever was found', () => {
		expect(exitCode(withCause(), 'never')).toBe(0);
	});

	it('is 2 for a capture without a REGISTER, even with never', () => {
		expect(exitCode(EMPTY, 'fatal')).toBe(2);
		expect(exitCode(EMPTY, 'never')).toBe(2);
	});

	it('judges a registration that never got to send a REGISTER', () => {
		expect(exitCode({ ...EMPTY, registrations: [registration({ aor: undefined })] }, 'fatal')).toBe(
			1,
		);
	});

	it('is never 2 for a probe', () => {
		const probe = analysis({
			registrations: [],
			sources: [source({ kind: 'probe', registerRequests: 0 })],
		});
		expect(exitCode(probe, 'fatal')).toBe(0);
	});
});
