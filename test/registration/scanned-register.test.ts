import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ScannedRegister } from '../../src/registration/scanned-register.js';
import { growth, LINEAR } from '../support/growth.js';

const line = (text: string) => `REGISTER sip:a SIP/2.0\r\n${text}\r\n\r\n`;
const waysOf = (text: string) => new ScannedRegister(line(text)).ways;

describe('what is read of a REGISTER to know a scanner', () => {
	it.each([
		['User-Agent: friendly-scanner', 'friendly-scanner'],
		['user-agent : Linphone/5', 'Linphone/5'],
		['Server: x', undefined],
	])('is its User-Agent: %s', (text, name) => {
		expect(new ScannedRegister(line(text)).userAgent).toBe(name);
	});

	it.each([
		['Contact: <sip:1001@192.0.2.7:5060;ob>', '192.0.2.7'],
		['m: sip:1001@192.0.2.7', '192.0.2.7'],
		['Contact: "A" <sip:1001@[2001:db8::7]:5060>', '[2001:db8::7]'],
		['Contact: <sip:192.0.2.7>', '192.0.2.7'],
		['Contact: *', undefined],
	])('is the host of its Contact: %s', (contact, host) => {
		expect(waysOf(contact).contactHost).toBe(host);
	});

	it('is the guess and what it answers', () => {
		const { guess } = waysOf(
			'Authorization: Digest username="100", realm="r", nonce="n", uri="sip:a", response="ff"',
		);
		expect(guess).toMatchObject({ username: '100', response: 'ff' });
	});

	it('is no guess where the response is empty', () => {
		expect(waysOf('Authorization: Digest username="a", response=""').guess).toBeUndefined();
	});

	it.each([
		['Via: SIP/2.0/UDP a\r\nVia: SIP/2.0/UDP b', true],
		['v: SIP/2.0/UDP a, SIP/2.0/UDP b', true],
		['Via: SIP/2.0/UDP a', false],
	])('is whether a proxy passed it on: %s', (vias, expected) => {
		expect(waysOf(vias).isThroughProxy).toBe(expected);
	});

	it('is read of any bytes without a throw', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (text) => {
				expect(
					waysOf(`Contact: ${text}\r\nAuthorization: Digest ${text}\r\nTo: ${text}`),
				).toBeDefined();
			}),
		);
	});

	it('takes no time that grows with the square of what was written to be slow', () => {
		const read = (size: number): void => {
			waysOf(`Contact: ${'sip::'.repeat(13 * size)}`);
			waysOf(`Authorization: Digest ${'realm  '.repeat(9 * size)}`);
			waysOf(`Via: ${', '.repeat(30 * size)}`);
		};
		// Eight times this is as long as what is read may be, 64 kB.
		expect(growth(read, 125)).toBeLessThan(LINEAR);
	});
});
