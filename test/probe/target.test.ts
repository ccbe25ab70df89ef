import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProbeError } from '../../src/probe/probe-error.js';
import { readTarget } from '../../src/probe/target.js';

describe('what a probe registers', () => {
	it('is read or refused with a ProbeError, whatever is typed', () => {
		fc.assert(
			fc.property(fc.string(), fc.option(fc.string(), { nil: undefined }), (aor, server) => {
				try {
					expect(readTarget(aor, server).requestUri).toMatch(/^sips?:\S+$/);
				} catch (error) {
					expect(error).toBeInstanceOf(ProbeError);
				}
			}),
		);
	});

	it('is read or refused, whatever the parts look like', () => {
		const part = fc.stringMatching(/^[a-z0-9@:;[\].%+ ]{0,12}$/);
		fc.assert(
			fc.property(part, part, part, (user, host, server) => {
				try {
					expect(readTarget(`sip:${user}@${host}`, server).aorToSend).toMatch(/^sip:\S.*@\S+$/);
				} catch (error) {
					expect(error).toBeInstanceOf(ProbeError);
				}
			}),
		);
	});

	it.each([
		['1001@example.com', undefined, 'example.com', undefined],
		['sip:1001@Example.COM', undefined, 'Example.COM', undefined],
		['sip:1001@example.com:5070', undefined, 'example.com', 5070],
		['1001@[2001:db8::1]:5070', undefined, '2001:db8::1', 5070],
		['1001@example.com', 'pbx.example.net', 'pbx.example.net', undefined],
		['1001@example.com:5070', 'pbx.example.net:5080', 'pbx.example.net', 5080],
		['1001@example.com', '[2001:DB8::1]:5080', '2001:db8::1', 5080],
		['1001@example.com', '2001:db8::1', '2001:db8::1', undefined],
		['sips:1001@example.com', undefined, 'example.com', undefined],
	])('looks for %s with server %s at %s port %s', (aor, server, host, port) => {
		const target = readTarget(aor, server);
		expect({ host: target.host.toLowerCase(), port: target.port }).toEqual({
			host: host.toLowerCase(),
			port,
		});
	});

	it('sends to the domain of the address-of-record, whatever server it goes to', () => {
		const { requestUri, aorToSend } = readTarget('1001@example.com', '192.0.2.1:5080');
		expect({ requestUri, aorToSend }).toEqual({
			requestUri: 'sip:example.com',
			aorToSend: 'sip:1001@example.com',
		});
	});

	it('leaves URI parameters off and an escaped user as it is', () => {
		const target = readTarget('sip:%2B1001@example.com;transport=tcp', undefined);
		expect(target.aorToSend).toBe('sip:%2B1001@example.com');
		expect(target.userName).toBe('+1001');
		expect(target.aor).toBe('sip:+1001@example.com');
	});

	it.each([
		'',
		'example.com',
		'@example.com',
		'tel:+491234',
		'1001@',
		'1001@a b',
		'1001@host:99999',
	])('refuses "%s"', (aor) => {
		expect(() => readTarget(aor, undefined)).toThrow(ProbeError);
	});

	it.each([':5060', 'host:0', 'host:99999', '[2001:db8::1', 'a/b', '[host]:5060', 'a b'])(
		'refuses the server "%s"',
		(server) => {
			expect(() => readTarget('1001@example.com', server)).toThrow(ProbeError);
		},
	);

	it('keeps a sips: address-of-record what it is', () => {
		const target = readTarget('sips:1001@example.com', undefined);
		expect(target).toMatchObject({
			secure: true,
			aorToSend: 'sips:1001@example.com',
			requestUri: 'sips:example.com',
		});
	});

	it.each([
		[undefined, { name: 'example.com', accepted: ['example.com'] }],
		['192.0.2.1', { name: 'example.com', accepted: ['example.com'] }],
		['sbc.example.net', { name: 'sbc.example.net', accepted: ['sbc.example.net', 'example.com'] }],
	])(
		'wants a certificate for the domain or a proxy that was named (server %s)',
		(server, identity) => {
			expect(readTarget('1001@Example.com', server).identity).toEqual(identity);
		},
	);

	it.each([
		'1001:s3cret@example.com',
		'sip:1001:s3cret@example.com',
		'sip:1001:s3 cret@example.com',
	])('does not repeat a password that stands in the address-of-record', (aor) => {
		expect(() => readTarget(aor, undefined)).toThrow(ProbeError);
		expect(() => readTarget(aor, undefined)).not.toThrow(/s3|cret/);
	});
});
