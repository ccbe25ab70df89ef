import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	cameThroughProxy,
	contactHostIn,
	guessIn,
	isAttackTool,
	isDoubtfulTool,
	userAgentIn,
	userIn,
} from '../../src/registration/scanner.js';
import { growth, LINEAR } from '../support/growth.js';

const line = (text: string) => `REGISTER sip:a SIP/2.0\r\n${text}\r\n\r\n`;

describe('what is read of a REGISTER to know a scanner', () => {
	it.each(['friendly-scanner', 'sipvicious', 'pplsip', 'sundayddr', 'sip-scan'])(
		'is its name: %s',
		(name) => {
			expect(isAttackTool(userAgentIn(line(`User-Agent: ${name}`)))).toBe(true);
		},
	);

	it.each(['sipcli/v1.8', 'VaxSIPUserAgent/3.1'])('is a name that proves nothing: %s', (name) => {
		expect([isAttackTool(name), isDoubtfulTool(name)]).toEqual([false, true]);
	});

	it('is nothing of the name of a phone', () => {
		const names = ['Yealink SIP-T46S 66.85.0.5', 'Linphone/5', 'PolycomVVX-VVX_411', undefined];
		expect(names.filter((name) => isAttackTool(name) || isDoubtfulTool(name))).toEqual([]);
	});

	it.each([
		['Contact: <sip:1001@192.0.2.7:5060;ob>', '192.0.2.7'],
		['m: sip:1001@192.0.2.7', '192.0.2.7'],
		['Contact: "A" <sip:1001@[2001:db8::7]:5060>', '[2001:db8::7]'],
		['Contact: <sip:192.0.2.7>', '192.0.2.7'],
		['Contact: *', undefined],
	])('is the host of its Contact: %s', (contact, host) => {
		expect(contactHostIn(line(contact))).toBe(host);
	});

	it('is the user that it asks for', () => {
		expect(userIn('"100" <sip:100@192.0.2.5>')).toBe('100');
	});

	it('is the guess and what it answers', () => {
		const guess = guessIn(
			line(
				'Authorization: Digest username="100", realm="r", nonce="n", uri="sip:a", response="ff"',
			),
		);
		expect(guess).toMatchObject({ username: '100', response: 'ff' });
	});

	it('is no guess where the response is empty', () => {
		expect(guessIn(line('Authorization: Digest username="a", response=""'))).toBeUndefined();
	});

	it.each([
		['Via: SIP/2.0/UDP a\r\nVia: SIP/2.0/UDP b', true],
		['v: SIP/2.0/UDP a, SIP/2.0/UDP b', true],
		['Via: SIP/2.0/UDP a', false],
	])('is whether a proxy passed it on: %s', (vias, expected) => {
		expect(cameThroughProxy(line(vias))).toBe(expected);
	});

	it('is read of any bytes without a throw', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (text) => {
				const wire = line(`Contact: ${text}\r\nAuthorization: Digest ${text}\r\nTo: ${text}`);
				userAgentIn(wire);
				contactHostIn(wire);
				guessIn(wire);
				cameThroughProxy(wire);
				userIn(text);
			}),
		);
	});

	it('takes no time that grows with the square of what was written to be slow', () => {
		const read = (size: number): void => {
			const slow = 'sip::'.repeat(13 * size);
			contactHostIn(line(`Contact: ${slow}`));
			userIn(slow);
			guessIn(line(`Authorization: Digest ${'realm  '.repeat(9 * size)}`));
			cameThroughProxy(line(`Via: ${', '.repeat(30 * size)}`));
		};
		// Eight times this is as long as what is read may be, 64 kB.
		expect(growth(read, 125)).toBeLessThan(LINEAR);
	});
});
