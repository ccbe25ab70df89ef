import { describe, expect, it } from 'vitest';
import { describeStatus, responseClass, STATUS_CODES } from '../../src/sip/status-codes.js';

describe('status codes', () => {
	it.each([
		[100, 'provisional'],
		[200, 'success'],
		[302, 'redirection'],
		[403, 'client-error'],
		[503, 'server-error'],
		[603, 'global-failure'],
		[699, 'global-failure'],
	] as const)('%i is a %s', (code, expected) => {
		expect(responseClass(code)).toBe(expected);
	});

	it.each([0, 99, 700, 4294967301])('%i is of no class', (code) => {
		expect(responseClass(code)).toBeUndefined();
	});

	it('are each listed once and in order', () => {
		const codes = STATUS_CODES.map(({ code }) => code);
		expect(codes).toEqual([...new Set(codes)].sort((a, b) => a - b));
	});

	it('each have a phrase and one sentence', () => {
		for (const { phrase, meaning } of STATUS_CODES) {
			expect(phrase).toMatch(/^[A-Z]/);
			expect(meaning).toMatch(/^[A-Z].*\.$/);
		}
	});

	it('tell what 423 is', () => {
		expect(describeStatus(423)).toMatchObject({ phrase: 'Interval Too Brief' });
	});

	it('know nothing about a code that is not registered', () => {
		expect(describeStatus(499)).toBeUndefined();
	});
});
