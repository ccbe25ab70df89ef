import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseServerAddress } from '../../src/probe/server-address.js';

function read(text: string): unknown {
	const parsed = parseServerAddress(text);
	if (parsed.ok) return parsed.value;
	const { problem } = parsed.malformed;
	return problem.kind === 'bad-field' ? `${problem.field}: ${problem.expected}` : problem.kind;
}

describe('HOST[:PORT]', () => {
	it.each([
		['SIP.Example.com', { host: 'sip.example.com', port: undefined }],
		['192.0.2.1:5080', { host: '192.0.2.1', port: 5080 }],
		['2001:DB8::0001', { host: '2001:db8::1', port: undefined }],
		['[2001:db8::1]', { host: '2001:db8::1', port: undefined }],
		['[2001:db8::1]:5061', { host: '2001:db8::1', port: 5061 }],
		['::ffff:192.0.2.1', { host: '192.0.2.1', port: undefined }],
		['fe80::1%eth0', { host: 'fe80::1%eth0', port: undefined }],
		['[fe80::1%wlan0]:5060', { host: 'fe80::1%wlan0', port: 5060 }],
		['fd00::1', { host: 'fd00::1', port: undefined }],
	])('%s is read', (text, address) => {
		expect(read(text)).toEqual(address);
	});

	it.each(['fe80::1', '[fe80::1]:5060', 'FE80::1'])(
		'asks for the interface of the link-local %s',
		(text) => {
			expect(read(text)).toMatch(/^host: fe80::1%INTERFACE, such as fe80::1%eth0/i);
		},
	);

	it('asks which is meant where a port seems to stand behind an address without brackets', () => {
		expect(read('2001:db8::10:5060')).toBe(
			'host: [2001:db8::10:5060] or [2001:db8::10]:5060 (brackets, as it can be read both ways)',
		);
	});

	it('takes an address that ends like a port once it stands in brackets', () => {
		expect(read('[2001:db8::5060]')).toEqual({ host: '2001:db8::5060', port: undefined });
	});

	it.each(['', ':5060', '[192.0.2.1]', '2001:db8::1]:5060', 'a b', '[::1]:0', 'x:99999'])(
		'refuses "%s"',
		(text) => {
			expect(parseServerAddress(text).ok).toBe(false);
		},
	);

	it('never throws', () => {
		fc.assert(fc.property(fc.string(), (text) => typeof parseServerAddress(text).ok === 'boolean'));
	});
});
