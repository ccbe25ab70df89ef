import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDeclined, srvOrder } from '../../../src/probe/locate/srv-order.js';
import { srv } from './fake-dns.js';

const names = (records: readonly { readonly name: string }[]): string =>
	records.map(({ name }) => name).join('');

describe('SRV records', () => {
	it('are tried in the order of their priority', () => {
		const records = [srv('c', 1, 30), srv('a', 1, 10), srv('b', 1, 20)];
		expect(names(srvOrder(records, () => 0.5))).toBe('abc');
	});

	it('of one priority come by weight and chance', () => {
		const records = [srv('a', 1, 10, 60), srv('b', 1, 10, 40)];
		expect(names(srvOrder(records, () => 0.1))).toBe('ab');
		expect(names(srvOrder(records, () => 0.9))).toBe('ba');
	});

	it('come first in proportion to their weight', () => {
		let seed = 1;
		const random = (): number => {
			seed = (seed * 16_807) % 2_147_483_647;
			return seed / 2_147_483_647;
		};
		const records = [srv('a', 1, 10, 75), srv('b', 1, 10, 25)];
		const first = Array.from({ length: 2000 }, () => srvOrder(records, random)[0]?.name);
		const share = first.filter((name) => name === 'a').length / first.length;
		expect(share).toBeGreaterThan(0.7);
		expect(share).toBeLessThan(0.8);
	});

	it('are all tried, each once, whatever their weights', () => {
		const record = fc.record({
			name: fc.string({ minLength: 2 }),
			port: fc.nat(),
			priority: fc.nat(3),
			weight: fc.nat(9),
		});
		fc.assert(
			fc.property(
				fc.array(record),
				fc.double({ min: 0, max: 0.999, noNaN: true }),
				(records, chance) => {
					const ordered = srvOrder(records, () => chance);
					expect(ordered).toHaveLength(records.length);
					expect(new Set(ordered)).toEqual(new Set(records));
				},
			),
		);
	});

	it('with the target "." alone say that the service is not there', () => {
		expect(isDeclined([srv('.', 0)])).toBe(true);
		expect(isDeclined([])).toBe(false);
		expect(srvOrder([srv('.', 0)], () => 0)).toEqual([]);
	});
});
