import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonPieces, toJsonText } from '../../src/report/json-text.js';

describe('toJsonText', () => {
	it('escapes what could steer a terminal', () => {
		expect(toJsonText({ a: '\x1b[2J\x9b\u202e\u2028' }, 0)).toBe(
			'{"a":"\\u001b[2J\\u009b\\u202e\\u2028"}',
		);
	});

	it('escapes a character outside the basic plane as two units', () => {
		expect(toJsonText({ a: '\u{e0001}' }, 0)).toBe('{"a":"\\udb40\\udc01"}');
	});

	it('keeps every value', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (text) => {
				expect(JSON.parse(toJsonText({ text }))).toEqual({ text });
			}),
		);
	});

	it('has no control character besides the line breaks between its members', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), (text) => {
				expect(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(toJsonText({ text }, 0))).toBe(false);
			}),
		);
	});
});

function* each(elements: readonly object[]): Generator<object> {
	yield* elements;
}

describe('jsonPieces', () => {
	it('are together what the whole document is as one text', () => {
		const value = fc.jsonValue({ maxDepth: 3 });
		const elements = fc.array(fc.dictionary(fc.string({ unit: 'binary' }), value));
		fc.assert(
			fc.property(fc.dictionary(fc.string(), value), elements, (document, told) => {
				const pieces = [...jsonPieces({ ...document, told: each(told), last: null })];
				expect(pieces.join('')).toBe(toJsonText({ ...document, told, last: null }));
			}),
		);
	});

	it('of nothing are an empty object', () => {
		expect([...jsonPieces({})].join('')).toBe(toJsonText({}));
	});

	it('are made one element after the other', () => {
		const made: number[] = [];
		const elements = function* (): Generator<object> {
			for (let n = 0; n < 3; n += 1) {
				made.push(n);
				yield { n };
			}
		};
		for (const piece of jsonPieces({ told: elements() })) if (piece.includes('"n": 0')) break;
		expect(made).toEqual([0]);
	});
});
