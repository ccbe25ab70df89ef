/* What keeps a phone from answering: RFC 3261 §22.1, §25.1. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { challengeFaults, missingChallenge } from '../../src/registration/challenge-faults.js';
import type { SipResponse } from '../../src/sip/message.js';
import { parseDatagram } from '../../src/sip/parse-message.js';

function response(status: number, ...headers: readonly string[]): SipResponse {
	const text = `${[`SIP/2.0 ${status} Text`, ...headers].join('\r\n')}\r\n\r\n`;
	const parsed = parseDatagram(Buffer.from(text, 'latin1'));
	if (!parsed.ok || parsed.value.kind !== 'response') throw new Error('no response');
	return parsed.value;
}

const DIGEST = 'Digest realm="example.com", nonce="a1"';

describe('a challenge that is missing', () => {
	it('is the one that the status calls for', () => {
		expect(missingChallenge(response(401))).toEqual({
			wanted: 'WWW-Authenticate',
			other: undefined,
		});
		expect(missingChallenge(response(407))?.wanted).toBe('Proxy-Authenticate');
	});

	it('may have been put into the other header field', () => {
		const found = missingChallenge(response(401, `Proxy-Authenticate: ${DIGEST}`));
		expect(found?.other).toBe('Proxy-Authenticate');
	});

	it('is none where one is there, and none where none is asked for', () => {
		expect(missingChallenge(response(401, `WWW-Authenticate: ${DIGEST}`))).toBeUndefined();
		expect(missingChallenge(response(403))).toBeUndefined();
		expect(missingChallenge(response(200))).toBeUndefined();
	});
});

describe('a challenge that cannot be answered', () => {
	const faultOf = (value: string) =>
		challengeFaults(response(401, `WWW-Authenticate: ${value}`))?.map(({ fault }) => fault);

	it.each([
		['Digest realm="example.com"', 'nonce is missing'],
		['Digest nonce="a1"', 'realm is missing'],
		['Digest realm="example.com", nonce=""', 'nonce is empty'],
		['Digest realm="", nonce="a1"', 'realm is empty'],
		['Basic realm="example.com"', 'the scheme is Basic, not Digest'],
	])('%s: %s', (value, fault) => {
		expect(faultOf(value)).toEqual([fault]);
	});

	it('is said with the parameter that is at fault', () => {
		expect(faultOf('Digest realm="example.com" nonce="a1"')?.[0]).toMatch(/nonce.*comma/);
	});

	it('does not matter where another one can be answered', () => {
		expect(faultOf(`Basic realm="x", ${DIGEST}`)).toBeUndefined();
	});

	it('is none in order, and none where none is there', () => {
		expect(faultOf(DIGEST)).toBeUndefined();
		expect(challengeFaults(response(401))).toBeUndefined();
	});

	it('is found without a fault of our own in whatever comes', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary-ascii' }), (value) => {
				const line = value.replaceAll(/[\r\n]/g, ' ');
				const found = challengeFaults(response(401, `WWW-Authenticate: ${line}`));
				expect(found === undefined || found.length > 0).toBe(true);
			}),
		);
	});
});
