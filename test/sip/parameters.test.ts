import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readParameters } from '../../src/sip/parameters.js';
import { TextCursor } from '../../src/sip/text-cursor.js';
import { anyWireText } from './message-text.js';

function read(text: string) {
	const { parameters, malformed } = readParameters(new TextCursor(text, 'test'));
	return { parameters: Object.fromEntries(parameters), malformed };
}

describe('parameters', () => {
	it('have names in lower case and values as written', () => {
		expect(read(';A=B; c ; d = e').parameters).toEqual({ a: 'B', c: undefined, d: 'e' });
	});

	it('have quoted values unquoted and unescaped', () => {
		expect(read(';a="x;y=\\"z\\\\\\q"').parameters).toEqual({ a: 'x;y="z\\q' });
	});

	it('may be none, and a lonely semicolon is nothing', () => {
		expect(read('')).toEqual({ parameters: {}, malformed: undefined });
		expect(read(';; a;')).toEqual({ parameters: { a: undefined }, malformed: undefined });
	});

	it.each([
		['x', 0, 'parameters', '; before a parameter'],
		[';a=b c', 5, 'parameters', '; before a parameter'],
		[';=b', 1, 'parameter name', 'a token'],
		[';a=', 3, 'a', 'a value after ='],
		[';a="b', 3, 'a', 'a closing quote'],
		[';a="b\\"', 3, 'a', 'a closing quote'],
		[';a=1;A=2', 5, 'A', 'the parameter only once'],
	])('"%s" are malformed at byte %i', (text, offset, field, expected) => {
		expect(read(text).malformed).toMatchObject({
			layer: 'test',
			offset,
			problem: { field, expected },
		});
	});

	it('keep what was read before the fault', () => {
		expect(read(';a=1;a=2;b=3').parameters).toEqual({ a: '1', b: '3' });
	});

	it('are read without throwing, whatever the text', () => {
		fc.assert(
			fc.property(anyWireText, (text) => {
				expect(readParameters(new TextCursor(`;${text}`, 'test')).parameters).toBeInstanceOf(Map);
			}),
		);
	});
});
