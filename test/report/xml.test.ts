import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeXml } from '../../src/report/xml.js';

describe('text in XML', () => {
	it('ends no attribute and begins no element', () => {
		expect(escapeXml(`a"b'c<d>&e`)).toBe('a&quot;b&apos;c&lt;d&gt;&amp;e');
	});

	it('keeps line ends in an attribute', () => {
		expect(escapeXml('a\r\n\tb')).toBe('a&#13;&#10;&#9;b');
	});

	it('shows what XML has no place for', () => {
		expect(escapeXml('a\u0000b\u001b\ufffe\ud800')).toBe('a\\x00b\\x1b\\ufffe\\ud800');
	});

	it('never holds anything that XML forbids', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (text) => {
				const escaped = escapeXml(text);
				expect(escaped).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|apos|#\d+);)/);
				expect(escaped).toMatch(/^[\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u);
			}),
		);
	});
});
