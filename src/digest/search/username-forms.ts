/** The username that entered A1 in place of the one that is written. */
import {
	distinct,
	type IdentityForm,
	type OtherValue,
	otherValue,
	valueForm,
} from './alteration.js';
import type { SearchNames } from './search-request.js';

/** The forms of the username as written. */
export function usernameForms(written: string, names: SearchNames): readonly IdentityForm[] {
	const local = written.split('@')[0] ?? '';
	const forms = [
		...names.usernames.map(({ value, from }) => otherValue('another-name', value, from, true)),
		otherValue('without-domain', local, undefined, true),
		...names.domains.map(({ value }) =>
			otherValue('with-domain', `${local}@${value}`, undefined, true),
		),
		otherValue('lower-case', written.toLowerCase()),
		otherValue('upper-case', written.toUpperCase()),
		otherValue('without-plus', written.replace(/^\+/, '')),
		otherValue('with-plus', `+${written}`),
		otherValue('unescaped', unescaped(written)),
		otherValue('trimmed', written.trim()),
		otherValue('blank-behind', `${written} `),
		otherValue('blank-before', ` ${written}`),
		otherValue('quoted', `"${written}"`),
		otherValue('sip-uri', `sip:${written}`),
		otherValue('latin-1', fromUtf8(written)),
		otherValue('utf-8', Buffer.from(written, 'latin1').toString('utf8')),
		otherValue('empty', ''),
	];
	return distinct(forms, ({ value }) => value, written).map(form);
}

function form(other: OtherValue): IdentityForm {
	return valueForm('username', 'for the username', other, ({ secret, realm }) => ({
		secret,
		username: other.value,
		realm,
	}));
}

function unescaped(text: string): string {
	return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
		String.fromCharCode(Number.parseInt(hex, 16)),
	);
}

/** UTF-8 on the wire, Latin-1 in the hash; the other way round needs bytes that Latin-1 text lacks. */
function fromUtf8(wire: string): string {
	const text = Buffer.from(wire, 'latin1').toString('utf8');
	return /[^\0-\u00ff]/.test(text) ? wire : text;
}
