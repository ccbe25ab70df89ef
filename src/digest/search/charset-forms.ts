/** The password in another character set than UTF-8 (RFC 7616 §4), or as a word processor changes its characters. */
import type { PasswordForm } from './password-forms.js';

/** The characters of Windows-1252 at 0x80 to 0x9F; a blank where it has none. */
const CP1252 = '€ ‚ƒ„…†‡ˆ‰Š‹Œ Ž  ‘’“”•–—˜™š›œ žŸ';

/** The forms that a character set or a text editor makes of a password; none for plain ASCII where nothing changes. */
export function charsetForms(password: string): readonly PasswordForm[] {
	const utf8 = (text: string) => Buffer.from(text, 'utf8');
	const latin1 = encoded(password, latin1Byte);
	const cp1252 = encoded(password, cp1252Byte);
	const forms: (Omit<PasswordForm, 'bytes'> & { readonly bytes: Uint8Array | undefined })[] = [
		form('latin-1', 'in ISO-8859-1', latin1, true),
		form('windows-1252', 'in Windows-1252', cp1252),
		form('utf-8-twice', 'encoded in UTF-8 twice', utf8(utf8(password).toString('latin1')), true),
		form('composed', 'in Unicode form NFC', utf8(password.normalize('NFC'))),
		form('decomposed', 'in Unicode form NFD', utf8(password.normalize('NFD'))),
		form('without-accents', 'without accents', utf8(withoutAccents(password))),
		form('question-marks', 'with ? for every letter beyond ASCII', utf8(asciiOnly(password))),
		form('typographic', 'with typographic quotes or dashes', utf8(typographic(password))),
		form('plain-quotes', 'with plain quotes and dashes', utf8(plainPunctuation(password))),
		form('no-break-blank', 'with no-break blanks', utf8(password.replaceAll(' ', '\u00a0'))),
		form('byte-order-mark', 'behind a byte order mark', utf8(`\ufeff${password}`)),
		form('zero-width', 'with an invisible character behind it', utf8(`${password}\u200b`)),
		form('no-break-blank-behind', 'with a no-break blank behind it', utf8(`${password}\u00a0`)),
	];
	return forms.flatMap((one) => (one.bytes === undefined ? [] : { ...one, bytes: one.bytes }));
}

function form(name: string, words: string, bytes: Uint8Array | undefined, usual = false) {
	return { name, words: `with the password ${words}`, bytes, usual };
}

/** The bytes of a text in a character set; undefined where it lacks one of the characters. */
function encoded(
	text: string,
	byteOf: (character: string) => number | undefined,
): Uint8Array | undefined {
	const bytes = [...text].map(byteOf);
	return bytes.includes(undefined) ? undefined : Uint8Array.from(bytes.map((byte) => byte ?? 0));
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
