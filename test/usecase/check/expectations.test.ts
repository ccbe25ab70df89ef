import { describe, expect, it } from 'vitest';
import type { Seen } from '../../../src/usecase/check/suite.js';
import { suiteOf } from './suite-text.js';

const SEEN: Seen = {
	target: { host: 'example.com', port: 5060, transport: 'tls' },
	outcome: 'registered',
	finalStatus: 200,
	grantedExpires: 60,
	cause: undefined,
	findings: ['no-qop'],
	registeredMs: 120.4,
	answeredMs: 20,
	tlsDaysLeft: 30,
	alg: undefined,
};

const REFUSED: Partial<Seen> = {
	outcome: 'rejected',
	finalStatus: 401,
	grantedExpires: undefined,
	registeredMs: undefined,
	cause: { id: 'wrong-password', severity: 'fatal', title: 't', summary: 's', fix: [] },
};

/** What an expectation says of what was seen. */
function judged(expectation: string, seen: Partial<Seen> = {}): readonly [string, string] {
	const { entries } = suiteOf('accounts:', `  - { aor: a@b.example, expect: { ${expectation} } }`);
	const key = expectation.split(':')[0];
	const found = entries[0]?.expectations.find((one) => one.key === key);
	const judgement = found?.judge({ ...SEEN, ...seen });
	return [judgement?.state ?? 'none', judgement?.text ?? ''];
}

describe('an expectation', () => {
	it.each([
		['outcome: registered', {}, 'held'],
		['outcome: registered', REFUSED, 'failed'],
		['outcome: [rejected, unanswered]', REFUSED, 'held'],
		['status: 401', REFUSED, 'held'],
		['status: [401, 403]', REFUSED, 'held'],
		['status: 403', REFUSED, 'failed'],
		['status: 401', {}, 'failed'],
		['cause: wrong-password', REFUSED, 'held'],
		['cause: wrong-password', {}, 'failed'],
		['cause: none', {}, 'held'],
		['answered: true', {}, 'held'],
		['answered: true', { outcome: 'unanswered', finalStatus: undefined }, 'failed'],
		['answered: true', { outcome: 'rejected', finalStatus: 503 }, 'failed'],
		['registered-within: 121', {}, 'held'],
		['registered-within: 120', {}, 'failed'],
		['registered-within: 1000', REFUSED, 'failed'],
		['answered-within: 20', {}, 'held'],
		['answered-within: 19', {}, 'failed'],
		['expires-at-least: 60', {}, 'held'],
		['expires-at-least: 61', {}, 'failed'],
		['expires-at-least: 60', { grantedExpires: undefined }, 'cannot-tell'],
		['transport: tls', {}, 'held'],
		['transport: udp', {}, 'failed'],
		['tls-days-left-at-least: 30', {}, 'held'],
		['tls-days-left-at-least: 31', {}, 'failed'],
		['tls-days-left-at-least: 1', { tlsDaysLeft: undefined }, 'cannot-tell'],
		['no-alg: true', {}, 'held'],
		['no-alg: true', { findings: ['sip-alg'] }, 'failed'],
		['no-alg: true', { findings: ['sip-intercepted'] }, 'failed'],
		['no-alg: true', { alg: { verdict: 'no-alg', text: 't' } }, 'held'],
		['no-alg: true', { alg: { verdict: 'alg-proven', text: 't' } }, 'failed'],
		['no-alg: true', { alg: { verdict: 'cannot-tell', text: 't' } }, 'cannot-tell'],
		['no-alg: true', { alg: { verdict: 'no-alg', text: 't' }, findings: ['sip-alg'] }, 'failed'],
		['no-alg: false', { findings: ['sip-alg'] }, 'none'],
	] as const)('%s of %j is %s', (expectation, seen, state) => {
		expect(judged(expectation, seen)[0]).toBe(state);
	});

	it('names what came and what was expected', () => {
		expect(judged('registered-within: 100')[1]).toBe(
			'registered after 121 ms; 100 ms were allowed',
		);
		expect(judged('status: [403, 404]', REFUSED)[1]).toBe(
			'it is rejected (401); 403 or 404 was expected',
		);
		expect(judged('no-alg: true', { findings: ['sip-alg'] })[1]).toContain('sip-alg');
	});
});
