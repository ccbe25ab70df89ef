import { describe, expect, it } from 'vitest';
import { analyse } from '../../src/analysis/analyse.js';
import { matchesAor } from '../../src/analysis/aor-pattern.js';
import { theRegistration } from '../registration/reading.js';
import { credentials, request, sent } from '../support/exchange.js';
import { readTranscript } from '../support/transcript.js';

const register = request({
	aor: 'sip:Desk.1001@Example.com',
	headers: [credentials('n1').replace('"1001"', '"line-7"')],
});
const registration = theRegistration(sent(register, 0), 0);
const matches = (pattern: string): boolean => matchesAor(registration, pattern);

describe('--aor PATTERN', () => {
	it('is the address-of-record, with the scheme or without', () => {
		expect(matches('sip:Desk.1001@example.com')).toBe(true);
		expect(matches('Desk.1001@example.com')).toBe(true);
	});

	it('does not mind case', () => {
		expect(matches('DESK.1001@EXAMPLE.COM')).toBe(true);
	});

	it('takes * for any run of characters, none included', () => {
		for (const pattern of ['*', '*1001*', 'desk*@example.com', '*desk.1001@example.com*'])
			expect(matches(pattern), pattern).toBe(true);
	});

	it('is the digest username as well', () => {
		expect(matches('line-7')).toBe(true);
		expect(matches('line-*')).toBe(true);
	});

	it('is the whole name, not a part of it', () => {
		expect(matches('1001')).toBe(false);
		expect(matches('example.com')).toBe(false);
	});

	it('takes every other character as itself', () => {
		expect(matches('desk?1001@example.com')).toBe(false);
		expect(matches('desk.1001@example.co.')).toBe(false);
		expect(matches('[d]esk.1001@example.com')).toBe(false);
		expect(matches('line.7')).toBe(false);
	});

	it('takes a thousand * without effort', () => {
		expect(matches(`${'*'.repeat(1000)}z`)).toBe(false);
	});

	it('leaves only what matches in the analysis', () => {
		const other = request({ aor: 'sip:2002@example.com', callId: 'call-2' });
		const input = readTranscript(sent(register, 0) + sent(other, 1));
		const { registrations } = analyse({ ...input, aorPattern: '2002@*' });
		expect(registrations.map(({ aor }) => aor)).toEqual(['sip:2002@example.com']);
	});
});
