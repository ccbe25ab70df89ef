import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayText, wireText } from '../../src/sip/display-text.js';

describe('text for a reader', () => {
	it('is UTF-8 where the bytes are', () => {
		expect(displayText('J\xc3\xbcrgen')).toBe('Jürgen');
	});

	it('is Latin-1 where they are not', () => {
		expect(displayText('J\xfcrgen')).toBe('Jürgen');
	});

	it('comes back from the wire as the user wrote it', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme' }), (text) => {
				expect(displayText(wireText(text))).toBe(text);
			}),
		);
	});
});
