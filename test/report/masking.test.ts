import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskField, maskSecrets } from '../../src/report/masking.js';
import { growth, LINEAR } from '../support/growth.js';

const HEX = '6629fae49393a05397450978507c4ef1';

describe('maskSecrets', () => {
	it('masks a digest response and keeps realm, username and nonce', () => {
		const header = `Digest username="1001", realm="PBX", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c0", uri="sip:example.com", response="${HEX}"`;
		expect(maskSecrets(header)).toBe(header.replace(HEX, '***'));
	});

	it.each([
		[`response=${HEX}`, 'response=***'],
		[`the response ${HEX} was sent`, 'the response *** was sent'],
		[`HA1 is ${HEX}`, 'HA1 is ***'],
		[`ha1: "${HEX}"`, 'ha1: "***"'],
		['{"password":"s3cret"}', '{"password":"***"}'],
		['password=s3cret;x', 'password=***;x'],
		['--password="two words"', '--password="***"'],
		['sip:1001:s3cret@example.com', 'sip:1001:***@example.com'],
		['sip:1001:p@ss@example.com', 'sip:1001:***@example.com'],
		['https://admin:s3cret@pbx.example.com/', 'https://admin:***@pbx.example.com/'],
		['Bearer eyJhbGciOiJIUzI1NiJ9.e30.abc', 'Bearer ***'],
		['Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==', 'Basic ***'],
	])('masks the secret in %s', (text, masked) => {
		expect(maskSecrets(text)).toBe(masked);
	});

	it.each([
		'response 401 Unauthorized',
		'the password given does not verify',
		'Bearer authentication is offered',
		'Basic authentication is offered',
		'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"',
		'sip:1001@example.com:5060',
		'response-from-other-address',
		`Call-ID ${HEX}@10.0.0.5`,
	])('leaves %s as it is', (text) => {
		expect(maskSecrets(text)).toBe(text);
	});

	it('lets no response through, whatever stands around it', () => {
		const around = fc.string({ maxLength: 30 });
		fc.assert(
			fc.property(around, around, (before, after) => {
				expect(maskSecrets(`${before} response="${HEX}"${after}`)).not.toContain(HEX);
			}),
		);
	});

	it.each(['sip:', 'sip:a:', 'response="', 'password=', 'bearer ', 'a://b:'])(
		'takes time by the length of a text of nothing but %s, not by its square',
		(unit) => {
			expect(growth((size) => maskSecrets(unit.repeat(size)), 2500)).toBeLessThan(LINEAR);
		},
	);
});

describe('maskField', () => {
	it('masks the bare value of a field that is a secret', () => {
		expect(maskField('Authorization response', `${HEX}, computed ${HEX}`)).toBe(
			'***, computed ***',
		);
	});

	it('keeps the value of a nonce', () => {
		expect(maskField('nonce', HEX)).toBe(HEX);
	});
});
