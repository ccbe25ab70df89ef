import { describe, expect, it } from 'vitest';
import type { FirstFragment } from '../../src/layers/first-fragments.js';
import { add, fragment, reassembler, text } from '../support/ip-fragments.js';

const SECOND = 1_000_000;

describe('the first fragment of a packet', () => {
	const never = () => false;
	const numbers = (taken: readonly FirstFragment[]) => taken.map(({ frame }) => frame.number);

	it('is waited with for a second of the capture, and then told once', () => {
		const { fragments } = reassembler();
		add(fragments, fragment(0, text('a', 8), true), 1, 0);
		expect(numbers(fragments.first.take(SECOND, never))).toEqual([]);
		expect(numbers(fragments.first.take(SECOND + 1, never))).toEqual([1]);
		expect(fragments.first.take(3 * SECOND, never)).toEqual([]);
	});

	it('is told sooner where nothing more can come', () => {
		const { fragments } = reassembler();
		for (const id of [1, 2]) add(fragments, fragment(0, text('a', 8), true, { id }), id, 0);
		const isSecond = ({ ip }: FirstFragment) => ip.id === 2;
		expect(numbers(fragments.first.take(1_000, isSecond))).toEqual([]);
		expect(numbers(fragments.first.take(1_001, isSecond))).toEqual([2]);
	});

	it('is not told of a packet that came whole, in whichever order, nor of a copy of it', () => {
		const first = fragment(0, text('a', 8), true);
		const last = fragment(8, text('b', 8), false);
		for (const order of [
			[first, last],
			[last, first],
			[first, last, first, last],
			[first, first, last],
		]) {
			const { fragments } = reassembler();
			for (const [index, piece] of order.entries()) add(fragments, piece, index, 0);
			expect(fragments.first.take(Infinity, never)).toEqual([]);
		}
	});

	it('leaves the packet whole where the rest comes late', () => {
		const { fragments } = reassembler();
		add(fragments, fragment(0, text('a', 8), true), 1, 0);
		fragments.first.take(2 * SECOND, never);
		expect(add(fragments, fragment(8, text('b', 8), false), 2, 2 * SECOND)).toBeDefined();
	});

	it('is told at once where very many wait', () => {
		const { fragments } = reassembler();
		for (let id = 1; id <= 66; id += 1)
			add(fragments, fragment(0, text('a', 8), true, { id }), id, 0);
		expect(numbers(fragments.first.take(0, never))).toEqual([1, 2]);
	});

	it('does not keep the bytes of the capture', () => {
		const { fragments } = reassembler();
		const bytes = text('a', 8);
		add(fragments, fragment(0, bytes, true), 1, 0);
		bytes.fill('x');
		const [taken] = fragments.first.take(Infinity, never);
		expect(Buffer.from(taken?.ip.payload ?? []).toString()).toBe('aaaaaaaa');
	});
});
