import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, fragment, reassembler, text } from '../support/ip-fragments.js';

const SECOND = 1_000_000;

describe('a packet in fragments', () => {
	it('is whole with the last of them, whatever the order', () => {
		const pieces = [
			fragment(0, text('a', 16), true),
			fragment(16, text('b', 8), true),
			fragment(24, text('c', 5), false),
		];
		fc.assert(
			fc.property(fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), (order) => {
				const { fragments } = reassembler();
				const results = order.map((index, frame) => {
					const piece = pieces[index];
					return piece && add(fragments, piece, frame + 1, 0);
				});
				expect(results.slice(0, 2)).toEqual([undefined, undefined]);
				expect(Buffer.from(results[2]?.payload ?? []).toString()).toBe(
					'aaaaaaaaaaaaaaaabbbbbbbbccccc',
				);
				expect(results[2]?.frames).toEqual([1, 2, 3]);
			}),
		);
	});

	it('does not take fragments of another packet', () => {
		const { fragments } = reassembler();
		add(fragments, fragment(0, text('a', 8), true, { id: 1 }), 1, 0);
		expect(add(fragments, fragment(8, text('b', 8), false, { id: 2 }), 2, 0)).toBeUndefined();
	});

	it('that never gets whole is counted', () => {
		const { fragments, kinds } = reassembler();
		add(fragments, fragment(0, text('a', 8), true), 1, 0);
		fragments.end();
		expect(kinds()).toEqual(['fragments-incomplete 1']);
	});

	it('is given up after 60 seconds of capture time', () => {
		const { fragments, kinds } = reassembler();
		add(fragments, fragment(0, text('a', 8), true), 1, 0);
		expect(add(fragments, fragment(8, text('b', 8), false), 2, 61 * SECOND)).toBeUndefined();
		expect(kinds()).toEqual(['fragments-incomplete 1']);
	});

	it('that shows twice on two interfaces is one', () => {
		const { fragments, kinds } = reassembler();
		const first = fragment(0, text('a', 8), true);
		const last = fragment(8, text('b', 8), false);
		expect(add(fragments, first, 1, 0)).toBeUndefined();
		expect(add(fragments, first, 2, 1)).toBeUndefined();
		expect(add(fragments, last, 3, 2)).toBeDefined();
		expect(add(fragments, last, 4, 3)).toBeUndefined();
		fragments.end();
		expect(kinds()).toEqual([]);
	});

	it('may use the same id again', () => {
		const { fragments } = reassembler();
		for (const letter of ['a', 'b']) {
			add(fragments, fragment(0, text(letter, 8), true), 1, 0);
			const whole = add(fragments, fragment(8, text(letter, 8), false), 2, 0);
			expect(whole?.payload).toEqual(new Uint8Array(text(letter, 16)));
		}
	});

	it('keeps the bytes that came first where IPv4 fragments overlap', () => {
		const { fragments, kinds } = reassembler();
		add(fragments, fragment(0, text('a', 16), true), 1, 0);
		const whole = add(fragments, fragment(8, text('b', 16), false), 2, 0);
		expect(Buffer.from(whole?.payload ?? []).toString()).toBe('aaaaaaaaaaaaaaaabbbbbbbb');
		expect(kinds()).toEqual(['fragment-overlap 1']);
	});

	it('is dropped where IPv6 fragments overlap', () => {
		const { fragments, kinds } = reassembler();
		add(fragments, fragment(0, text('a', 16), true, { version: 6 }), 1, 0);
		const whole = add(fragments, fragment(8, text('b', 16), false, { version: 6 }), 2, 0);
		expect([whole, kinds()]).toEqual([undefined, ['fragment-overlap 1']]);
	});

	it('ends at the hole that a snaplen left', () => {
		const { fragments } = reassembler();
		add(fragments, fragment(0, text('a', 8), true, { missing: 8 }), 1, 0);
		const whole = add(fragments, fragment(16, text('b', 8), false), 2, 0);
		expect(whole).toMatchObject({ payload: new Uint8Array(text('a', 8)), missing: 16 });
	});

	it.each([
		['beyond 65535 bytes', fragment(65_528, text('a', 16), false)],
		['that is not the last and no multiple of 8', fragment(0, text('a', 9), true)],
		['without bytes', fragment(8, text('a', 0), false)],
	])('is not made of one %s', (_name, piece) => {
		const { fragments, kinds } = reassembler();
		expect(add(fragments, piece, 1, 0)).toBeUndefined();
		expect(kinds()).toEqual(['fragment-length 1']);
	});

	it('cannot fill the memory: the oldest give way', () => {
		const { fragments, kinds } = reassembler();
		for (let id = 0; id < 3000; id += 1) {
			add(fragments, fragment(0, text('a', 8), true, { id }), id, 0);
		}
		fragments.end();
		expect(kinds()).toEqual(['fragment-table-full 1976', 'fragments-incomplete 1024']);
	});
});
