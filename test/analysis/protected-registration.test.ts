import { describe, expect, it } from 'vitest';
import { ladderColumns } from '../../src/report/ladder-columns.js';
import { accepted, answered, credentials, request, sent } from '../support/exchange.js';
import { analyseTranscript } from '../support/transcript.js';

const MECHANISM =
	'ipsec-3gpp; alg=hmac-sha-1-96; ealg=null; spi-c=11; spi-s=12; port-c=5062; port-s=5064';
const FIRST = request({ headers: ['Require: sec-agree', `Security-Client: ${MECHANISM}`] });
/** 3GPP TS 33.203 §7.1: between the ports that both have named. */
const PROTECTED = request({
	cseq: 2,
	client: '192.168.1.10:5062',
	server: '203.0.113.5:5064',
	sentBy: '192.168.1.10:5063',
	headers: [
		`Security-Client: ${MECHANISM}`,
		`Security-Verify: ${MECHANISM}`,
		credentials('bm9uY2U='),
	],
});
const CHALLENGED =
	sent(FIRST, 0) +
	answered(FIRST, 0.1, {
		status: 401,
		headers: [
			'WWW-Authenticate: Digest realm="example.com", nonce="bm9uY2U=", algorithm=AKAv1-MD5',
			`Security-Server: ${MECHANISM}`,
		],
	});

function only(text: string) {
	const [registration, ...others] = analyseTranscript(`# until 120\n\n${text}`).registrations;
	expect(others).toEqual([]);
	return registration ?? expect.fail('no registration');
}

describe('a phone that agrees on IPsec with its network', () => {
	it('is not said to leave its challenge unanswered where IPsec hides the answer', () => {
		expect(only(CHALLENGED)).toMatchObject({ outcome: 'open', cause: undefined });
	});

	it('is not said so either where it registers anew each time that it comes back', () => {
		const again = CHALLENGED.replaceAll('+0.', '+60.')
			.replaceAll('call-1', 'call-2')
			.replaceAll('z9hG4bK1', 'z9hG4bK9');
		expect(only(CHALLENGED + again)).toMatchObject({ outcome: 'open', cause: undefined });
	});

	it('is registered where IPsec does not encrypt, over one way and between two', () => {
		const registration = only(CHALLENGED + sent(PROTECTED, 0.3) + accepted(PROTECTED, 0.4));
		expect(registration).toMatchObject({ outcome: 'registered', cause: undefined });
		expect(registration.path.map(({ client, server }) => [client.port, server.port])).toEqual([
			[5060, 5060],
		]);
		expect(ladderColumns(registration, new Set()).map(({ role }) => role)).toEqual([
			...['phone', 'server', 'phone 2', 'server 2'],
		]);
	});

	it('has a way where the capture begins within IPsec', () => {
		const registration = only(sent(PROTECTED, 0.3) + accepted(PROTECTED, 0.4));
		expect(registration).toMatchObject({ outcome: 'registered', cause: undefined });
		expect(registration.path.map(({ client, server }) => [client.port, server.port])).toEqual([
			[5062, 5064],
		]);
	});

	it('is refused where the answer within IPsec says so', () => {
		const refused = answered(PROTECTED, 0.4, { status: 403 });
		expect(only(CHALLENGED + sent(PROTECTED, 0.3) + refused).outcome).toBe('rejected');
	});
});
