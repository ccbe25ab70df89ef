/** A password typed with one slip: neighbours exchanged, a character too few, too many, or another one. */
import type { Alteration } from './alteration.js';
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

/** One of thousands, of a few kinds. */
export interface Slip {
	readonly alteration: Alteration;
	/** The password as it is hashed with it, as wire text. */
	readonly text: string;
}

/** Every password that differs by one slip, the likelier first; none repeats the password itself. */
export function* typingSlips(password: string): Generator<Slip> {
	const characters = [...password];
	if (characters.length === 0 || characters.length > LONGEST) return;
	const kinds = [lookAlikes(password, characters), misplaced(characters), mistyped(characters)];
	for (const slips of kinds) {
		for (const [alteration, typed] of slips)
			if (typed !== password) yield { alteration, text: passwordText(typed) };
	}
}

const LOOK_ALIKE = slip('look-alike', 'with characters that look alike exchanged');
const ONE_MISSING = slip('one-missing', 'with one character of the password missing');
const EXCHANGED = slip(
	'neighbours-exchanged',
	'with two neighbouring characters of the password exchanged',
);
const ONE_MORE = slip('one-more', 'with one character more in the password');
const ONE_OTHER = slip('one-other', 'with one character of the password changed');

function slip(name: string, words: string): Alteration {
	return { family: 'typing', name, words };
}

type Typed = readonly [Alteration, string];

function* lookAlikes(password: string, characters: readonly string[]): Generator<Typed> {
	for (const [one, other] of CONFUSED) {
		const both = characters.map((it) => (it === one ? other : it === other ? one : it)).join('');
		yield [LOOK_ALIKE, both];
		yield [LOOK_ALIKE, password.replaceAll(one, other)];
		yield [LOOK_ALIKE, password.replaceAll(other, one)];
	}
}

function* misplaced(characters: readonly string[]): Generator<Typed> {
	for (const [at, character] of characters.entries()) {
		const without = characters.toSpliced(at, 1);
		yield [ONE_MISSING, without.join('')];
		yield [EXCHANGED, without.toSpliced(at + 1, 0, character).join('')];
	}
}

function* mistyped(characters: readonly string[]): Generator<Typed> {
	for (let at = 0; at <= characters.length; at += 1) {
		const before = characters.slice(0, at).join('');
		const from = characters.slice(at).join('');
		const behind = characters.slice(at + 1).join('');
		for (const typed of PRINTABLE) {
			yield [ONE_MORE, before + typed + from];
			if (at < characters.length) yield [ONE_OTHER, before + typed + behind];
		}
	}
}
