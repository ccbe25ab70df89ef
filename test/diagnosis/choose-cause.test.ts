/* diagnoses, One cause: lower layer before upper, a proof before a presumption, the cause before its symptom. */
import { describe, expect, it } from 'vitest';
import { chooseCause } from '../../src/diagnosis/choose-cause.js';
import type { Finding } from '../../src/diagnosis/finding.js';
import type { Outcome } from '../../src/registration/registration.js';

function finding(id: string, parts: Partial<Finding> = {}): Finding {
	return {
		...{ id, severity: 'fatal', confidence: 'proven', attempt: 1, mended: false },
		...{ title: id, summary: id, fix: [] },
		evidence: [{ source: 's', frame: 1, at: 0, field: 'f', text: 't' }],
		...parts,
	};
}

function causeOf(outcome: Outcome, ...findings: readonly Finding[]): string | undefined {
	return chooseCause(outcome, findings)?.id;
}

describe('the cause of a failure', () => {
	it('is the lower layer', () => {
		expect(causeOf('unreachable', finding('no-response'), finding('port-unreachable'))).toBe(
			'port-unreachable',
		);
	});

	it('is the realm before the password that was refused with it', () => {
		expect(causeOf('rejected', finding('wrong-password'), finding('realm-mismatch'))).toBe(
			'realm-mismatch',
		);
	});

	it('is the old nonce before the password', () => {
		expect(causeOf('rejected', finding('wrong-password'), finding('stale-nonce-reused'))).toBe(
			'stale-nonce-reused',
		);
	});

	it('is a presumption only where there is nothing better than a possibility', () => {
		const possible = finding('missing-rport', { confidence: 'possible' });
		expect(causeOf('unanswered', possible, finding('no-response'))).toBe('no-response');
		expect(causeOf('unanswered', possible)).toBe('missing-rport');
	});

	it('is never degraded, a risk or a remark', () => {
		for (const severity of ['degraded', 'risk', 'info'] as const)
			expect(causeOf('rejected', finding('sip-alg', { severity })), severity).toBeUndefined();
	});
});

describe('the cause of a loop of challenges (knowledge of the 401 loop, in order)', () => {
	it.each([
		['challenge-missing', 'challenge-unanswered'],
		['credentials-malformed', 'challenge-unanswered'],
		['credentials-in-wrong-header', 'wrong-password'],
		['second-challenge-unanswered', 'realm-mismatch'],
		['realm-varies', 'realm-mismatch'],
		['nonce-from-other-server', 'realm-varies'],
		['stale-nonce-reused', 'call-id-changed'],
		['source-address-changed', 'stale-loop'],
		['call-id-changed', 'stale-loop'],
		['nonce-expired', 'wrong-password'],
		['qop-malformed', 'credentials-verified-but-rejected'],
		['opaque-missing', 'credentials-verified-but-rejected'],
		['realm-changed', 'wrong-password'],
	])('is %s before %s', (earlier, later) => {
		expect(causeOf('rejected', finding(later), finding(earlier))).toBe(earlier);
	});

	it('is the password that is proved wrong, and not what may be', () => {
		const may = finding('qop-malformed', { confidence: 'possible' });
		expect(causeOf('rejected', may, finding('wrong-password'))).toBe('wrong-password');
	});
});

describe('the cause of a refusal', () => {
	it.each([
		['user-format', 'unknown-user'],
		['message-too-large', 'forbidden-before-challenge'],
		['third-party-registration', 'forbidden-after-authentication'],
		['security-agreement-required', 'extension-required'],
	])('is %s before %s', (earlier, later) => {
		expect(causeOf('rejected', finding(later), finding(earlier))).toBe(earlier);
	});
});

describe('the cause of a registration that succeeded', () => {
	const degraded = (id: string, confidence: Finding['confidence']): Finding =>
		finding(id, { severity: 'degraded', confidence });

	it('is degraded, and proven or strong', () => {
		expect(causeOf('registered', degraded('sip-alg', 'proven'))).toBe('sip-alg');
		expect(causeOf('registered', degraded('sip-alg', 'strong'))).toBe('sip-alg');
	});

	it('is none where the finding is only likely', () => {
		expect(causeOf('registered', degraded('private-contact', 'likely'))).toBeUndefined();
	});

	it('is never fatal', () => {
		expect(causeOf('registered', finding('wrong-password'))).toBeUndefined();
	});

	it('is the ALG before the Contact that it may have spoilt', () => {
		const findings = [degraded('private-contact', 'proven'), degraded('sip-alg', 'strong')];
		expect(causeOf('registered', ...findings)).toBe('sip-alg');
	});
});

describe('no cause', () => {
	it('is there for what is open, removed or only asked', () => {
		for (const outcome of ['open', 'unregistered', 'queried'] as const)
			expect(causeOf(outcome, finding('no-response')), outcome).toBeUndefined();
	});
});
