import { describe, expect, it } from 'vitest';
import { networkOf } from '../../src/net/network.js';

describe('the network that an address is counted with', () => {
	it('is its /24 for IPv4', () => {
		expect(networkOf('198.51.100.77')).toBe('198.51.100.0/24');
	});

	it('is its /64 for IPv6', () => {
		expect(networkOf('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
	});

	it('leaves the zone of a link-local address out', () => {
		expect(networkOf('fe80::1%eth0')).toBe('fe80::/64');
	});

	it('is a name itself', () => {
		expect(networkOf('phone.example.com')).toBe('phone.example.com');
	});
});
