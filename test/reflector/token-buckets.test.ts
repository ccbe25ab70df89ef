import { describe, expect, it } from 'vitest';
import { networkOf, TokenBuckets } from '../../src/reflector/token-buckets.js';

const EACH = { perSecond: 1, burst: 2 };
const ALL = { perSecond: 1000, burst: 100_000 };
const SECOND = 1_000_000;

describe('the rate limit', () => {
	it('lets a burst through and then one a second', () => {
		const buckets = new TokenBuckets(EACH, ALL);
		const taken = [0, 0, 0, 1, 1].map((second) => buckets.take('192.0.2.1', second * SECOND));
		expect(taken).toEqual([true, true, false, true, false]);
	});

	it('gives each source its own', () => {
		const buckets = new TokenBuckets({ perSecond: 1, burst: 1 }, ALL);
		expect(buckets.take('192.0.2.1', 0)).toBe(true);
		expect(buckets.take('192.0.2.2', 0)).toBe(true);
	});

	it('limits all sources together, forged ones too', () => {
		const buckets = new TokenBuckets(EACH, { perSecond: 1, burst: 3 });
		const taken = [1, 2, 3, 4].map((host) => buckets.take(`192.0.2.${host}`, 0));
		expect(taken).toEqual([true, true, true, false]);
	});

	it('remembers a bounded number of sources', () => {
		const buckets = new TokenBuckets(EACH, ALL);
		for (let host = 0; host < 20_000; host += 1) buckets.take(`10.0.${host >> 8}.${host & 255}`, 0);
		expect(buckets.size).toBe(10_000);
	});

	it.each([
		['192.0.2.1', '192.0.2.1'],
		['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
		['2001:db8::1', '2001:db8:0:0::/64'],
		['fe80::1%eth0', 'fe80:0:0:0::/64'],
	])('counts %s as %s', (address, network) => {
		expect(networkOf(address)).toBe(network);
	});
});
