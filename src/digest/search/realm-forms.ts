/** The realm that entered A1 in place of the one that is written. */
import { distinct, type IdentityForm } from './alteration.js';
import type { SearchNames } from './search-request.js';

/** What registrars and phones have as realm where nobody set one. */
const DEFAULTS = ['asterisk', 'sip', 'localhost', 'fritz.box', 'voip', 'realm', '*'];

/** The forms of the realm as written. */
export function realmForms(written: string, names: SearchNames): readonly IdentityForm[] {
	const forms = [
		...names.realms.map(({ value, from }) => form('another-realm', value, from, true)),
		...names.domains.map(({ value, from }) => form('domain-as-realm', value, from, true)),
		form('lower-case', written.toLowerCase(), undefined, true),
		form('upper-case', written.toUpperCase()),
		form('trimmed', written.trim()),
		form('trailing-dot-removed', written.replace(/\.$/, '')),
		form('trailing-dot-added', `${written}.`),
		form('blank-behind', `${written} `),
		form('quoted', `"${written}"`),
		form('backslashes-kept', written.replace(/["\\]/g, '\\$&')),
		form('cut-at-blank', written.split(' ')[0] ?? ''),
		...DEFAULTS.map((value) => form('default-realm', value, undefined, value === 'asterisk')),
		form('empty', ''),
	];
	return distinct(forms, ({ hashed = '' }) => hashed, written);
}

function form(name: string, value: string, from?: string, usual = false): IdentityForm {
	return {
		...{ family: 'realm', name, hashed: value, usual },
		words: `for the realm "${value}"${from === undefined ? '' : ` (${from})`}`,
		change: (identity) => ({ ...identity, realm: value }),
	};
}
