import { describe, expect, it } from 'vitest';
import { firstHeader, headerValues, splitValues } from '../../src/sip/header-fields.js';
import { read, register } from './message-text.js';

describe('header fields', () => {
	const message = read(register('Contact: <sip:a>, <sip:b>', 'm: <sip:c>'));

	it('are given one value a line', () => {
		expect(headerValues(message, 'contact')).toEqual(['<sip:a>, <sip:b>', '<sip:c>']);
	});

	it('are none where the message has none', () => {
		expect(headerValues(message, 'path')).toEqual([]);
		expect(firstHeader(message, 'path')).toBeUndefined();
	});

	it('give the first of several', () => {
		expect(firstHeader(message, 'contact')?.value).toBe('<sip:a>, <sip:b>');
	});
});

describe('splitting values', () => {
	it.each([
		['a, b ,c', ['a', 'b', 'c']],
		['"a, b" <sip:a>, <sip:b>', ['"a, b" <sip:a>', '<sip:b>']],
		['<sip:a,b@c>, <sip:d>', ['<sip:a,b@c>', '<sip:d>']],
		['"a\\", b" <sip:a>', ['"a\\", b" <sip:a>']],
		['"<" <sip:a>, b', ['"<" <sip:a>', 'b']],
		[',, a,,', ['a']],
		['', []],
		['"open, b', ['"open, b']],
	])('of %s gives %j', (value, expected) => {
		expect(splitValues(value)).toEqual(expected);
	});
});
