import { describe, expect, it } from 'vitest';
import {
	namedContactLimit,
	namesCredentials,
	namesNonce,
	namesPermission,
	namesUnservedDomain,
} from '../../src/registration/refusal-words.js';
import type { SipResponse } from '../../src/sip/message.js';
import { parseDatagram } from '../../src/sip/parse-message.js';

function refusal(phrase: string, ...headers: readonly string[]): SipResponse {
	const parsed = parseDatagram(
		Buffer.from(`${[`SIP/2.0 403 ${phrase}`, ...headers].join('\r\n')}\r\n\r\n`, 'latin1'),
	);
	if (!parsed.ok || parsed.value.kind !== 'response') throw new Error('no response');
	return parsed.value;
}

describe('the limit of devices', () => {
	it.each([
		'Too many registered contacts',
		'Maximum number of devices reached',
		'max allowed registrations',
		'Registration limit reached',
		'Device limit exceeded',
	])('is named plainly by "%s"', (phrase) => {
		expect(namedContactLimit(refusal(phrase))).toBe('plain');
	});

	it('is named vaguely where only a limit is', () => {
		expect(namedContactLimit(refusal('Limit exceeded'))).toBe('vague');
	});

	it('is read from P-Registrar-Error and Warning as well', () => {
		const error = 'P-Registrar-Error: Too many registered contacts';
		expect(namedContactLimit(refusal('Forbidden', error))).toBe('plain');
		const warning = 'Warning: 399 sbc.example.com "too many bindings"';
		expect(namedContactLimit(refusal('Forbidden', warning))).toBe('plain');
	});

	it.each([
		'Forbidden',
		'Registration rate limit exceeded',
		'Too many failed registration attempts',
		'Too many requests',
		'Maximum message size exceeded',
		'Time limit exceeded',
		'Device not registered',
	])('is not named by "%s"', (phrase) => {
		expect(namedContactLimit(refusal(phrase))).toBeUndefined();
	});
});

describe('a domain that is not served', () => {
	it.each(['Not relaying', 'Not here', 'Unknown domain', 'Domain not served', 'Relaying denied'])(
		'is named by "%s"',
		(phrase) => {
			expect(namesUnservedDomain(refusal(phrase))).toBe(true);
		},
	);

	it('is named by a Warning', () => {
		expect(
			namesUnservedDomain(refusal('Forbidden', 'Warning: 399 a.example "unknown domain"')),
		).toBe(true);
	});

	it.each(['Forbidden', 'Not Found', 'User not found in this domain', 'Account locked'])(
		'is not named by "%s"',
		(phrase) => {
			expect(namesUnservedDomain(refusal(phrase))).toBe(false);
		},
	);
});

describe('a nonce that is refused', () => {
	it.each(['nonce has changed', 'Nonce expired', 'Stale nonce', 'Authentication: expired nonce'])(
		'is named by "%s"',
		(phrase) => {
			expect(namesNonce(refusal(phrase))).toBe(true);
		},
	);

	it.each(['Unauthorized', 'Wrong password', 'Bad nonce', 'Invalid nonce', 'Password expired'])(
		'is not named by "%s"',
		(phrase) => {
			expect(namesNonce(refusal(phrase))).toBe(false);
		},
	);
});

describe('a permission', () => {
	it.each([
		'Account disabled',
		'User is suspended',
		'Device not allowed',
		'Subscriber barred',
		'IP not allowed',
		'Not allowed to register',
		'Registration is disabled',
	])('is named by "%s"', (phrase) => {
		expect(namesPermission(refusal(phrase))).toBe(true);
	});

	it('is read from a Warning as well', () => {
		const warning = 'Warning: 399 sbc "Account suspended, contact support"';
		expect(namesPermission(refusal('Forbidden', warning))).toBe(true);
	});

	it.each([
		'Forbidden',
		'Not authorized',
		'Registration denied',
		'User not found',
		'Password expired',
		'Wrong password, account locked',
	])('is not named by "%s"', (phrase) => {
		expect(namesPermission(refusal(phrase))).toBe(false);
	});
});

describe('credentials', () => {
	it.each(['Wrong password', 'Forbidden (Bad auth)', 'Incorrect Authentication'])(
		'are blamed by "%s"',
		(phrase) => {
			expect(namesCredentials(refusal(phrase))).toBe(true);
		},
	);

	it.each(['Forbidden', 'Not authorized', 'Author unknown'])('are not blamed by "%s"', (phrase) => {
		expect(namesCredentials(refusal(phrase))).toBe(false);
	});
});
