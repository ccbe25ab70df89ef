/* What the search keeps of one side of a response. */
import { describe, expect, it } from 'vitest';
import type { Form } from '../../../src/digest/search/alteration.js';
import { Candidates } from '../../../src/digest/search/candidates.js';
import type { SearchHash } from '../../../src/digest/search/search-hash.js';

/** A form that appends a letter, usual where it is a vowel. */
function appended(letter: string): Form<string> {
	const usual = 'aeiou'.includes(letter);
	return {
		...{ family: 'password', name: letter, words: '', usual },
		change: (text) => text + letter,
	};
}

const MD5: SearchHash = { name: 'MD5', openssl: 'md5', hexLength: 32, cut: false };

/** Candidates of two families, and what was computed for them, in order. */
function made(...families: readonly string[]) {
	const computed: string[] = [];
	const forms = families.map((letters) => [...letters].map(appended));
	const candidates = new Candidates('-', forms, (text: string) => {
		computed.push(text);
		return text;
	});
	const of = (changes: number, usual = false) =>
		[...candidates.of(MD5, changes, usual)].map((one) => one.computed);
	return { candidates, computed, of };
}

describe('the candidates of a search', () => {
	it('are every combination of so many changes, at most one of each family', () => {
		const { of } = made('ab', 'cd');
		expect(of(0)).toEqual(['-']);
		expect(of(1)).toEqual(['-a', '-b', '-c', '-d']);
		expect(of(2)).toEqual(['-ac', '-ad', '-bc', '-bd']);
		expect(of(3)).toEqual([]);
	});

	it('are the usual ones alone where that is asked for', () => {
		expect(made('ab', 'ce').of(2, true)).toEqual(['-ae']);
	});

	it('are computed as far as they are asked for', () => {
		const { candidates, computed } = made('ab', 'cd');
		for (const { computed: text } of candidates.of(MD5, 2, false)) if (text === '-ad') break;
		expect(computed).toEqual(['-ac', '-ad']);
	});

	it('are computed once, also where the first look ended early', () => {
		const { candidates, computed, of } = made('ab', 'cd');
		for (const { computed: text } of candidates.of(MD5, 1, false)) if (text === '-b') break;
		const first = of(1);
		expect(of(1)).toEqual(first);
		expect(computed).toEqual(first);
	});

	it('are not kept where there are too many of them', () => {
		const letters = Array.from({ length: 130 }, (_, at) => String.fromCharCode(0x100 + at)).join(
			'',
		);
		const { computed, of } = made(letters, letters);
		const first = of(2);
		expect(of(2)).toEqual(first);
		expect(computed).toHaveLength(2 * 130 * 130);
	});
});
