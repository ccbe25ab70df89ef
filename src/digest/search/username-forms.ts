/** The username that entered A1 in place of the one that is written. */
import { distinct, type IdentityForm } from './alteration.js';
import type { SearchNames } from './search-request.js';

/** The forms of the username as written. */
export function usernameForms(written: string, names: SearchNames): readonly IdentityForm[] {
	const local = written.split('@')[0] ?? '';
	const forms = [
		...names.usernames.map(({ value, from }) => form('another-name', value, from, true)),
		form('without-domain', local, undefined, true),
		...names.domains.map(({ value }) => form('with-domain', `${local}@${value}`, undefined, true)),
		form('lower-case', written.toLowerCase()),
		form('upper-case', written.toUpperCase()),
		form('without-plus', written.replace(/^\+/, '')),
		form('with-plus', `+${written}`),
		form('unescaped', unescaped(written)),
		form('trimmed', written.trim()),
		form('blank-behind', `${written} `),
		form('blank-before', ` ${written}`),
		form('quoted', `"${written}"`),
		form('sip-uri', `sip:${written}`),
		form('latin-1', fromUtf8(written)),
		form('utf-8', Buffer.from(written, 'latin1').toString('utf8')),
		form('empty', ''),
	];
	return distinct(forms, ({ hashed = '' }) => hashed, written);
}

function form(name: string, value: string, from?: string, usual = false): IdentityForm {
	return {
		...{ family: 'username', name, hashed: value, usual },
		words: `for the username "${value}"${from === undefined ? '' : ` (${from})`}`,
		change: (identity) => ({ ...identity, username: value }),
	};
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
