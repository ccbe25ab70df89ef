/** What becomes of a password between the person, the provisioning file and the phone. */
import { distinct, type IdentityForm, type SearchSecret } from './alteration.js';
import { charsetForms } from './charset-forms.js';
import { passwordText } from './password-text.js';

/** A password form before it is a change of the identity. */
export interface PasswordForm {
	readonly name: string;
	/** Holds no part of the password. */
	readonly words: string;
	/** What is hashed, as wire text. */
	readonly text: string;
	readonly usual: boolean;
}

/** Characters that end a value, a comment or a string in provisioning files, shells and web forms. */
const SPECIALS = [...';#,"\'&<>%$\\ :/?=@|+'];

/** Lengths of password fields that are known to be cut. */
const CUTS = [8, 10, 12, 15, 16, 20, 24, 25, 30, 31, 32, 39, 40, 47, 48, 63, 64];

/** Below it, the length would help whoever wants to guess the password. */
const TELLING_LENGTH = 16;

/** The forms of a password, the usual ones first; `usernames` may have been entered in its place. */
export function passwordForms(
	password: string,
	usernames: readonly string[],
): readonly IdentityForm[] {
	const written = passwordText(password);
	const forms = [
		...blankForms(password),
		...caseForms(password),
		...escapeForms(password),
		...cutForms(password),
		...charsetForms(password),
		...removedForms(password),
		...lengthForms(written),
		...replacedForms(usernames),
	];
	return [
		...distinct(forms, ({ text }) => text, written).map((form) =>
			identityForm(form, { kind: 'text', text: form.text }),
		),
		...hashedForms(password, written),
	];
}

function identityForm(
	{ name, words, usual }: Omit<PasswordForm, 'text'>,
	secret: SearchSecret,
): IdentityForm {
	const change: IdentityForm['change'] = ({ username, realm }) => ({ secret, username, realm });
	return { family: 'password', name, words, usual, change };
}

function text(name: string, words: string, value: string, usual = false): PasswordForm {
	return { name, words, text: passwordText(value), usual };
}

function blankForms(password: string): readonly PasswordForm[] {
	const behind = (name: string, what: string, added: string, usual = false) =>
		text(name, `with ${what} behind the password`, password + added, usual);
	return [
		text('trimmed', 'with the password without the blanks around it', password.trim(), true),
		text('trimmed-start', 'without the blank before the password', password.trimStart()),
		text('trimmed-end', 'without the blank behind the password', password.trimEnd()),
		behind('blank-behind', 'a blank', ' ', true),
		text('blank-before', 'with a blank before the password', ` ${password}`, true),
		behind('carriage-return', 'a carriage return', '\r', true),
		behind('line-feed', 'a line feed', '\n', true),
		behind('line-end', 'a carriage return and line feed', '\r\n', true),
		behind('tab-behind', 'a tab', '\t'),
		behind('zero-byte', 'a zero byte', '\0'),
		behind('semicolon-behind', 'a semicolon', ';'),
		behind('comma-behind', 'a comma', ','),
		text('blanks-around', 'with blanks around the password', ` ${password} `),
	];
}

function caseForms(password: string): readonly PasswordForm[] {
	const [first = '', ...rest] = password;
	const others = rest.join('');
	return [
		text(
			'case-swapped',
			'with upper and lower case exchanged (Caps Lock)',
			swapped(password),
			true,
		),
		text('lower-case', 'with the password in lower case', password.toLowerCase(), true),
		text('upper-case', 'with the password in upper case', password.toUpperCase(), true),
		text(
			'first-letter-case',
			'with the first letter of the password in the other case',
			swapped(first) + others,
			true,
		),
	];
}

function swapped(password: string): string {
	return [...password]
		.map((character) =>
			character === character.toLowerCase() ? character.toUpperCase() : character.toLowerCase(),
		)
		.join('');
}

function cutForms(password: string): readonly PasswordForm[] {
	return SPECIALS.filter((special) => password.includes(special)).flatMap((special) => {
		const named = special === ' ' ? 'a blank' : special === '"' ? "'\"'" : `"${special}"`;
		const end = password.indexOf(special);
		return [
			text('cut-at-special', `with the password cut at ${named}`, password.slice(0, end), true),
			text(
				'cut-behind-special',
				`with the password cut behind ${named}`,
				password.slice(0, end + 1),
			),
			text(
				'starts-behind-special',
				`with what stands behind ${named} in the password`,
				password.slice(end + 1),
			),
			text(
				'cut-at-last-special',
				`with the password cut at the last ${named}`,
				password.slice(0, password.lastIndexOf(special)),
			),
			text(
				'special-removed',
				`with the password without ${named}`,
				password.replaceAll(special, ''),
				special === ' ',
			),
			text(
				'special-doubled',
				`with ${named} doubled in the password`,
				password.replaceAll(special, special + special),
			),
		];
	});
}

/** Nothing that HTML, a URL, a shell or a provisioning file would write in another way. */
const NEEDS_NO_ESCAPE = /^[A-Za-z0-9\-_.~]*$/;

function escapeForms(password: string): readonly PasswordForm[] {
	// Of such a password, as most are, these are all what was written.
	const escaped = NEEDS_NO_ESCAPE.test(password) ? [] : escapedForms(password);
	const quoted = (words: string) => `with the password in ${words}`;
	return [
		...escaped,
		text(
			'backslash-escaped-all',
			'with backslashes before every special character of the password',
			password.replace(/[^A-Za-z0-9]/g, '\\$&'),
		),
		text(
			'backslash-unescaped',
			'with the backslashes of the password taken as escapes',
			password.replace(/\\(.)/g, '$1'),
			true,
		),
		text('double-quoted', quoted('double quotes'), `"${password}"`, true),
		text('single-quoted', quoted('single quotes'), `'${password}'`),
		text(
			'unquoted',
			'with the password without its quotes',
			password.replace(/^(["'])(.*)\1$/, '$2'),
			true,
		),
		text('base64', 'with the password in base64', Buffer.from(password, 'utf8').toString('base64')),
		text('base64-decoded', 'with the password decoded from base64', unBase64(password)),
		text('dollar-single', 'with $ for $$ in the password', password.replaceAll('$$', '$')),
	];
}

function escapedForms(password: string): readonly PasswordForm[] {
	const html = password
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;');
	const percent = percentEncoded(password);
	return [
		text('html-escaped', 'with the password escaped as in HTML or XML', html, true),
		text(
			'html-escaped-apostrophe',
			'with the password escaped as in HTML or XML, apostrophes too',
			html.replaceAll("'", '&#39;'),
		),
		text(
			'html-escaped-apos',
			'with the password escaped as in XML, apostrophes too',
			html.replaceAll("'", '&apos;'),
		),
		text('html-unescaped', 'with the HTML escapes of the password undone', unHtml(password), true),
		text('percent-encoded', 'with the password percent-encoded', percent, true),
		text(
			'percent-encoded-lower',
			'with the password percent-encoded in lower case',
			percent.replace(/%[0-9A-F]{2}/g, (hex) => hex.toLowerCase()),
		),
		text(
			'form-encoded',
			'with the password encoded as in a web form',
			percent.replaceAll('%20', '+'),
		),
		text(
			'percent-decoded',
			'with the percent escapes of the password decoded',
			unPercent(password),
			true,
		),
		text('plus-as-blank', 'with blanks for + in the password', password.replaceAll('+', ' ')),
		text(
			'form-decoded',
			'with the password decoded as a web form is',
			unPercent(password.replaceAll('+', ' ')),
		),
		text(
			'backslash-escaped',
			'with backslashes before special characters of the password',
			password.replace(/["\\]/g, '\\$&'),
			true,
		),
	];
}

function unHtml(password: string): string {
	return password
		.replaceAll('&lt;', '<')
		.replaceAll('&gt;', '>')
		.replaceAll('&quot;', '"')
		.replace(/&(?:#39|#x27|apos);/g, "'")
		.replaceAll('&amp;', '&');
}

function percentEncoded(password: string): string {
	return passwordText(password).replace(
		/[^A-Za-z0-9\-_.~]/g,
		(byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
	);
}

function unPercent(password: string): string {
	if (!password.includes('%')) return password;
	const bytes = Buffer.from(password, 'utf8')
		.toString('latin1')
		.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
			String.fromCharCode(Number.parseInt(hex, 16)),
		);
	return Buffer.from(bytes, 'latin1').toString('utf8');
}

function unBase64(password: string): string {
	if (!/^[A-Za-z0-9+/]{4,}={0,2}$/.test(password)) return password;
	return Buffer.from(password, 'base64').toString('utf8');
}

function removedForms(password: string): readonly PasswordForm[] {
	const plain = password.replace(/[^A-Za-z0-9]/g, '');
	return [
		text('letters-and-digits', 'with only the letters and digits of the password', plain),
		text('twice', 'with the password entered twice', password + password),
		text(
			'macro-removed',
			'with a $ macro of the password left out',
			password.replace(/\$\w+/g, ''),
		),
	];
}

/** Cut to bytes, not to characters. */
function lengthForms(password: string): readonly PasswordForm[] {
	return CUTS.filter((length) => length < password.length).map((length) => ({
		name: length < TELLING_LENGTH ? 'cut-short' : `cut-to-${length}`,
		words:
			length < TELLING_LENGTH
				? `with the password cut to fewer than ${TELLING_LENGTH} characters`
				: `with the password cut to ${length} characters`,
		text: password.slice(0, length),
		usual: [8, 16, 20, 32].includes(length),
	}));
}

/** Usernames are wire text already. */
function replacedForms(usernames: readonly string[]): readonly PasswordForm[] {
	return [
		text('empty', 'with no password at all', '', true),
		...usernames.map((username) => ({
			name: 'username',
			words: 'with the username in place of the password',
			text: username,
			usual: false,
		})),
	];
}

/** A phone that takes a hash where another gives the password, and the other way round. */
function hashedForms(password: string, written: string): readonly IdentityForm[] {
	const twice = {
		name: 'hashed-before',
		words: 'with HA1 entered as the password',
		usual: false,
	};
	const forms = [identityForm(twice, { kind: 'hashed-before', text: written })];
	if (!/^(?:[0-9a-f]{32}|[0-9a-f]{64})$/i.test(password)) return forms;
	const direct = { name: 'taken-as-ha1', words: 'with the password taken for HA1', usual: true };
	return [...forms, identityForm(direct, { kind: 'ha1', ha1: password.toLowerCase() })];
}
