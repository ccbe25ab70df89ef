/* One number in several ways. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { otherFormOf } from '../../src/registration/user-forms.js';

describe('a user', () => {
	it.each([
		['+4930123456', '004930123456', /prefix/],
		['030123456', '30123456', /prefix/],
		['4930123456', '+4930123456', /prefix/],
		['Alice', 'alice', /case/],
		['1001 ', '1001', /blank/],
		['+49 (30) 123-456', '+4930123456', /separators/],
	])('"%s" is "%s" in another form', (written, known, how) => {
		expect(otherFormOf(written, known)).toMatch(how);
	});

	it.each([
		['1001', '1001'],
		['1001', '1002'],
		['01', '1'],
		['0100', '100'],
		['alice', 'alice.smith'],
		['4930123456', '30123456'],
	])('"%s" is not another form of "%s"', (written, known) => {
		expect(otherFormOf(written, known)).toBeUndefined();
	});

	it('is never another form of itself', () => {
		fc.assert(
			fc.property(fc.string(), (user) => {
				expect(otherFormOf(user, user)).toBeUndefined();
			}),
		);
	});
});
