/* A text put together as bytes is the text, whatever is added and however much of it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteText, isHex } from '../../src/registration/byte-text.js';

const latin1Text = fc.string({
	unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
	maxLength: 400,
});

/** The values one after the other, as they lie in a message. */
function placed(texts: readonly string[]) {
	const bytes = Buffer.from(texts.join(''), 'latin1');
	const endOf = (value: number): number => texts.slice(0, value + 1).join('').length;
	return { bytes, endOf, startOf: (value: number) => endOf(value - 1) };
}

describe('a text put together as bytes', () => {
	it('is what was added, in its order', () => {
		const text = new ByteText();
		fc.assert(
			fc.property(fc.array(fc.tuple(latin1Text, latin1Text), { maxLength: 8 }), (parts) => {
				const values = placed(parts.map(([, value]) => value));
				text.clear();
				for (const [number, [word]] of parts.entries()) {
					text.add(word);
					text.addValue(values, number);
				}
				expect(Buffer.from(text.bytes()).toString('latin1')).toBe(parts.flat().join(''));
			}),
		);
	});

	it('has nothing of a value that is not sent', () => {
		const text = new ByteText();
		text.addValue(placed(['n1']), -1);
		expect(text.bytes()).toHaveLength(0);
	});
});

describe('a value in hexadecimal', () => {
	it.each([
		['0a9f', true],
		['0A9F', true],
		['0a9', false],
		['0a9f0', false],
		['0a9g', false],
		// `0` and `9` but for the bit that makes lower case.
		['\u0010a\u0019f', false],
	])('%j is 0a9f: %s', (sent, isSame) => {
		expect(isHex(placed(['x', sent]), 1, '0a9f')).toBe(isSame);
	});
});
