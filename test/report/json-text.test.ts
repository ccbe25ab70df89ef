import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toJsonText } from '../../src/report/json-text.js';

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
