/* Bytes of a capture held against each other where they lie. */
import { describe, expect, it } from 'vitest';
import { isSame } from '../../src/trace/placed-values.js';

const LONGEST = 50;

/** Bytes that count up from `from` on, behind `before` others. */
function counting(before: number, length: number, from = 1): DataView {
	const bytes = Uint8Array.from({ length: before + length + 1 }, (_, at) => at - before + from);
	return new DataView(bytes.buffer);
}

describe('bytes in two places', () => {
	it('are the same, however many there are and wherever they lie', () => {
		for (let length = 0; length <= LONGEST; length += 1) {
			expect(isSame(counting(3, length), 3, counting(8, length), 8, length), `${length}`).toBe(
				true,
			);
		}
	});

	it('are others where any one of them differs', () => {
		for (let length = 1; length <= LONGEST; length += 1) {
			for (let at = 0; at < length; at += 1) {
				const other = counting(8, length);
				other.setUint8(8 + at, 0xff);
				expect(isSame(counting(3, length), 3, other, 8, length), `${at} of ${length}`).toBe(false);
			}
		}
	});

	it('are the same whatever is before and behind them', () => {
		for (let length = 0; length <= LONGEST; length += 1) {
			const other = counting(3, length);
			other.setUint8(2, 0xff);
			other.setUint8(3 + length, 0xff);
			expect(isSame(counting(3, length), 3, other, 3, length), `${length}`).toBe(true);
		}
	});
});
