/** The password in another character set than UTF-8 (RFC 7616 §4), or as a word processor changes its characters. */
import { isAscii } from '../algorithm.js';
import type { PasswordForm } from './password-forms.js';
import { passwordText } from './password-text.js';

/** The characters of Windows-1252 at 0x80 to 0x9F; a blank where it has none. */
const CP1252 = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';

/** The forms that a character set or a text editor makes of a password, and of plain ASCII an editor alone. */
export function charsetForms(password: string): readonly PasswordForm[] {
	return [
		...(isAscii(password) ? [] : encodedForms(password)),
		form('typographic', 'with typographic quotes or dashes', typographic(password)),
		form('plain-quotes', 'with plain quotes and dashes', plainPunctuation(password)),
		form('no-break-blank', 'with no-break blanks', password.replaceAll(' ', '\u00a0')),
		form('byte-order-mark', 'behind a byte order mark', `\ufeff${password}`),
		form('zero-width', 'with an invisible character behind it', `${password}\u200b`),
		form('no-break-blank-behind', 'with a no-break blank behind it', `${password}\u00a0`),
	];
}

/** ASCII is the same in all of them. */
function encodedForms(password: string): readonly PasswordForm[] {
	return [
		...inCharset('latin-1', 'in ISO-8859-1', encoded(password, latin1Byte), true),
		...inCharset('windows-1252', 'in Windows-1252', encoded(password, cp1252Byte)),
		form('utf-8-twice', 'encoded in UTF-8 twice', passwordText(password), true),
		form('composed', 'in Unicode form NFC', password.normalize('NFC')),
		form('decomposed', 'in Unicode form NFD', password.normalize('NFD')),
		form('without-accents', 'without accents', withoutAccents(password)),
		form('question-marks', 'with ? for every letter beyond ASCII', asciiOnly(password)),
	];
}

function form(name: string, words: string, password: string, usual = false): PasswordForm {
	return { name, words: `with the password ${words}`, text: passwordText(password), usual };
}

/** None where the character set lacks one of the characters. */
function inCharset(
	name: string,
	words: string,
	text: string | undefined,
	usual = false,
): readonly PasswordForm[] {
	return text === undefined ? [] : [{ name, words: `with the password ${words}`, text, usual }];
}

/** A text in a character set, one character a byte; undefined where it lacks one of the characters. */
function encoded(
	text: string,
	byteOf: (character: string) => number | undefined,
): string | undefined {
	const bytes = [...text].map(byteOf);
	return bytes.includes(undefined)
		? undefined
		: String.fromCharCode(...bytes.map((byte) => byte ?? 0));
}

function latin1Byte(character: string): number | undefined {
	const code = character.codePointAt(0) ?? 0;
	return code < 0x100 ? code : undefined;
}

function cp1252Byte(character: string): number | undefined {
	const place = character === ' ' ? -1 : CP1252.indexOf(character);
	return place < 0 ? latin1Byte(character) : 0x80 + place;
}

function withoutAccents(text: string): string {
	return text.normalize('NFD').replace(/\p{M}/gu, '');
}

function asciiOnly(text: string): string {
	return text.replace(/\P{ASCII}/gu, '?');
}

/** What an editor makes of straight quotes and double hyphens. */
function typographic(text: string): string {
	return text
		.replace(/"([^"]*)"/g, '“$1”')
		.replaceAll('"', '”')
		.replaceAll("'", '’')
		.replaceAll('--', '–')
		.replaceAll('...', '…');
}

function plainPunctuation(text: string): string {
	return text.replace(/[“”„]/g, '"').replace(/[‘’‚]/g, "'").replace(/[–—]/g, '-');
}
