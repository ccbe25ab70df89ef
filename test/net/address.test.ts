import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	type AddressClass,
	canonicalAddress,
	classifyAddress,
	isIpAddress,
	isPrivateAddress,
	lacksZone,
	withoutZone,
} from '../../src/net/address.js';
import { formatIpv4, parseIpv4 } from '../../src/net/ipv4-address.js';
import { formatIpv6, parseIpv6 } from '../../src/net/ipv6-address.js';

describe('classifyAddress', () => {
	const cases: readonly (readonly [string, AddressClass])[] = [
		['0.0.0.0', 'unspecified'],
		['127.0.0.1', 'loopback'],
		['169.254.1.1', 'link-local'],
		['9.255.255.255', 'public'],
		['10.0.0.0', 'private'],
		['10.255.255.255', 'private'],
		['11.0.0.0', 'public'],
		['172.15.255.255', 'public'],
		['172.16.0.0', 'private'],
		['172.31.255.255', 'private'],
		['172.32.0.0', 'public'],
		['192.168.0.1', 'private'],
		['192.169.0.1', 'public'],
		['192.0.0.7', 'private'],
		['192.0.0.8', 'public'],
		['100.63.255.255', 'public'],
		['100.64.0.0', 'carrier-grade-nat'],
		['100.127.255.255', 'carrier-grade-nat'],
		['100.128.0.0', 'public'],
		['192.0.2.1', 'documentation'],
		['198.51.100.1', 'documentation'],
		['203.0.113.255', 'documentation'],
		['224.0.1.75', 'multicast'],
		['255.255.255.255', 'multicast'],
		['8.8.8.8', 'public'],
		['::', 'unspecified'],
		['::1', 'loopback'],
		['fe80::1', 'link-local'],
		['fe80::1%eth0', 'link-local'],
		['febf::1', 'link-local'],
		['fec0::1', 'public'],
		['fc00::1', 'unique-local'],
		['fdff::1', 'unique-local'],
		['ff02::1', 'multicast'],
		['2001:db8::1', 'documentation'],
		['3fff::1', 'documentation'],
		['2001:4860::1', 'public'],
		['[fd00::1]', 'unique-local'],
		['::ffff:10.0.0.1', 'private'],
		['sip.example.com', 'name'],
		['10.0.0', 'name'],
		['10.0.0.256', 'name'],
		['010.0.0.1', 'name'],
		['', 'name'],
	];
	it.each(cases)('calls %s %s', (address, expected) => {
		expect(classifyAddress(address)).toBe(expected);
	});
});

describe('isPrivateAddress', () => {
	it.each(['10.1.2.3', '100.64.1.1', '192.0.0.1', 'fd00::1', 'fe80::1', '127.0.0.1', '0.0.0.0'])(
		'holds for %s',
		(address) => expect(isPrivateAddress(address)).toBe(true),
	);
	it.each(['192.0.2.1', '2001:db8::1', '8.8.8.8', 'phone.example.com', '224.0.1.75'])(
		'does not hold for %s',
		(address) => expect(isPrivateAddress(address)).toBe(false),
	);
});

describe('canonicalAddress', () => {
	// The examples of RFC 5952 §1, §2 and §4.
	const cases = [
		['2001:0db8:0000:0000:0001:0000:0000:0001', '2001:db8::1:0:0:1'],
		['2001:DB8::0:1', '2001:db8::1'],
		['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
		['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
		['[2001:db8::AAAA:0:0:1]', '2001:db8::aaaa:0:0:1'],
		['[::FFFF:192.0.2.1]', '192.0.2.1'],
		['::ffff:c000:201', '192.0.2.1'],
		['0:0:0:0:0:0:0:0', '::'],
		['1:0:0:0:0:0:0:0', '1::'],
		['FE80::1%eth0', 'fe80::1%eth0'],
		['192.0.2.1', '192.0.2.1'],
		['SIP.Example.COM', 'sip.example.com'],
	] as const;
	it.each(cases)('writes %s as %s', (given, expected) => {
		expect(canonicalAddress(given)).toBe(expected);
	});
});

describe('withoutZone', () => {
	it.each([
		['fe80::1%eth0', 'fe80::1'],
		['fe80::1', 'fe80::1'],
		['192.0.2.1', '192.0.2.1'],
		['a%b.example.com', 'a%b.example.com'],
	])('makes %s into %s', (text, address) => expect(withoutZone(text)).toBe(address));
});

describe('lacksZone', () => {
	it.each([
		['fe80::1', true],
		['fe80::1%eth0', false],
		['2001:db8::1', false],
		['169.254.1.1', false],
		['example.com', false],
	])('of %s is %s', (text, lacks) => expect(lacksZone(text)).toBe(lacks));
});

describe('isIpAddress', () => {
	it.each([
		'1:2:3:4:5:6:7',
		'1::2::3',
		':1',
		'1:2:3:4:5:6:7:8:9',
		'12345::',
		'::1.2.3',
		'1.2.3.4::',
	])('refuses %s', (text) => expect(isIpAddress(text)).toBe(false));

	it('never throws on any text', () => {
		fc.assert(fc.property(fc.string(), (text) => typeof isIpAddress(text) === 'boolean'));
	});
});

describe('address bytes', () => {
	it('come back from their IPv4 text', () => {
		fc.assert(
			fc.property(fc.uint8Array({ minLength: 4, maxLength: 4 }), (bytes) => {
				expect(parseIpv4(formatIpv4(bytes))).toEqual(bytes);
			}),
		);
	});

	it('come back from their IPv6 text', () => {
		const sparse = fc.array(fc.constantFrom(0, 0, 0, 1, 0xff), { minLength: 16, maxLength: 16 });
		fc.assert(
			fc.property(sparse, (values) => {
				const bytes = Uint8Array.from(values);
				expect(parseIpv6(formatIpv6(bytes))).toEqual(bytes);
			}),
		);
	});
});
