/** The realm that entered A1 in place of the one that is written. */
import {
	distinct,
	type IdentityForm,
	type OtherValue,
	otherValue,
	valueForm,
} from './alteration.js';
import type { SearchNames } from './search-request.js';

/** What registrars and phones have as realm where nobody set one. */
const DEFAULTS = ['asterisk', 'sip', 'localhost', 'fritz.box', 'voip', 'realm', '*'];

/** The forms of the realm as written. */
export function realmForms(written: string, names: SearchNames): readonly IdentityForm[] {
	const forms = [
		...names.realms.map(({ value, from }) => otherValue('another-realm', value, from, true)),
		...names.domains.map(({ value, from }) => otherValue('domain-as-realm', value, from, true)),
		otherValue('lower-case', written.toLowerCase(), undefined, true),
		otherValue('upper-case', written.toUpperCase()),
		otherValue('trimmed', written.trim()),
		otherValue('trailing-dot-removed', written.replace(/\.$/, '')),
		otherValue('trailing-dot-added', `${written}.`),
		otherValue('blank-behind', `${written} `),
		otherValue('quoted', `"${written}"`),
		otherValue('backslashes-kept', written.replace(/["\\]/g, '\\$&')),
		otherValue('cut-at-blank', written.split(' ')[0] ?? ''),
		...DEFAULTS.map((value) => otherValue('default-realm', value, undefined, value === 'asterisk')),
		otherValue('empty', ''),
	];
	return distinct(forms, ({ value }) => value, written).map(form);
}

function form(other: OtherValue): IdentityForm {
	return valueForm('realm', 'for the realm', other, ({ secret, username }) => ({
		secret,
		username,
		realm: other.value,
	}));
}
