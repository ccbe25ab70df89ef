/** A password typed with one slip: neighbours exchanged, a character too few, too many, or another one. */
import type { IdentityForm } from './alteration.js';
import { passwordText } from './password-text.js';

/** Longer passwords are pasted and not typed. */
const LONGEST = 40;

const PRINTABLE = Array.from({ length: 95 }, (_, index) => String.fromCharCode(0x20 + index));

/** Characters that are taken for each other, whole or on another keyboard. */
const CONFUSED: readonly (readonly [string, string])[] = [
	['0', 'O'],
	['0', 'o'],
	['1', 'l'],
	['1', 'I'],
	['l', 'I'],
	['z', 'y'],
	['Z', 'Y'],
	['-', '_'],
	['q', 'a'],
	['w', 'z'],
];

/** Every password that differs by one slip, the likelier first; none repeats the password itself. */
export function* typingForms(password: string): Generator<IdentityForm> {
	const characters = [...password];
	if (characters.length === 0 || characters.length > LONGEST) return;
	const slips = [lookAlikes(password, characters), misplaced(characters), mistyped(characters)];
	for (const slip of slips) {
		for (const [name, words, typed] of slip) if (typed !== password) yield form(name, words, typed);
	}
}

type Slip = readonly [name: string, words: string, typed: string];

function* lookAlikes(password: string, characters: readonly string[]): Generator<Slip> {
	const words = 'with characters that look alike exchanged';
	for (const [one, other] of CONFUSED) {
		const both = characters.map((it) => (it === one ? other : it === other ? one : it)).join('');
		yield ['look-alike', words, both];
		yield ['look-alike', words, password.replaceAll(one, other)];
		yield ['look-alike', words, password.replaceAll(other, one)];
	}
}

function* misplaced(characters: readonly string[]): Generator<Slip> {
	for (const [at, character] of characters.entries()) {
		const without = characters.toSpliced(at, 1);
		yield ['one-missing', 'with one character of the password missing', without.join('')];
		const moved = without.toSpliced(at + 1, 0, character).join('');
		const words = 'with two neighbouring characters of the password exchanged';
		yield ['neighbours-exchanged', words, moved];
	}
}

function* mistyped(characters: readonly string[]): Generator<Slip> {
	for (let at = 0; at <= characters.length; at += 1) {
		for (const typed of PRINTABLE) {
			const more = characters.toSpliced(at, 0, typed).join('');
			yield ['one-more', 'with one character more in the password', more];
			if (at === characters.length) continue;
			const other = characters.with(at, typed).join('');
			yield ['one-other', 'with one character of the password changed', other];
		}
	}
}

function form(name: string, words: string, typed: string): IdentityForm {
	const secret = { kind: 'text', text: passwordText(typed) } as const;
	return {
		family: 'typing',
		...{ name, words, usual: false },
		change: ({ username, realm }) => ({ secret, username, realm }),
	};
}
