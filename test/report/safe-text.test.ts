import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeText } from '../../src/report/safe-text.js';

/** Everything that could steer a terminal or hide from a reader. */
const TREACHEROUS = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

describe('safeText', () => {
	it('leaves ordinary text as it is, accents and wide characters too', () => {
		expect(safeText('Müller 電話 "PBX" ✓')).toBe('Müller 電話 "PBX" ✓');
	});

	it('shows an escape sequence instead of sending it', () => {
		expect(safeText('\x1b[2Jgone\x9b31m')).toBe('\\x1b[2Jgone\\x9b31m');
	});

	it('shows a bidi override, a zero width blank and a no-break space', () => {
		expect(safeText('a\u202eb\u200bc\u00a0d')).toBe('a\\u202eb\\u200bc\\xa0d');
	});

	it('shows line breaks, so that a header cannot write lines of its own', () => {
		expect(safeText('x\r\n✓ registered\tyes')).toBe('x\\r\\n✓ registered\\tyes');
	});

	it('shows a lone surrogate', () => {
		expect(safeText('a\ud800b')).toBe('a\\ud800b');
	});

	it('stops marks from growing over the lines above', () => {
		expect(safeText(`a${'\u0301'.repeat(4)}`)).toBe('a\u0301\u0301\\u0301\\u0301');
	});

	it('cuts a long text and says how much is missing', () => {
		expect(safeText('x'.repeat(30), 10)).toBe('xxxxxxxxxx… (20 characters more)');
	});

	it('does not cut a character in two', () => {
		expect(safeText('ab😀cd', 3)).toBe('ab… (4 characters more)');
	});

	it('lets nothing treacherous through, whatever it is given', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
				expect(TREACHEROUS.test(safeText(text))).toBe(false);
			}),
		);
	});
});
