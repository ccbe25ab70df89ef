import { computedOtherwise } from '../computed-otherwise.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'password-altered',
	severity: 'fatal',
	title: 'The phone computed its response from an altered form of the password',
	references: ['RFC 7616 §3.4', 'RFC 7616 §4', 'RFC 2617 §3.2.2'],
	explanation: {
		means:
			'The response does not verify with the password given, and does with a form of it: a blank or line end added, cut at a character or a length, escaped, in another case or character set, or hashed beforehand. The phone has the right password, spoilt on its way into the digest.',
		causes: [
			'A character that ends a value or starts a comment or macro in the provisioning file: ; # & < " $ \\.',
			'A password that was copied with a blank, a line end or an invisible character.',
			'A field of the phone that keeps only so many characters, or changes the case.',
			'A character beyond ASCII that the phone hashes in another character set than UTF-8.',
			'HA1 entered where the password belongs, or the other way round.',
		],
		confirm:
			'Give the account with --accounts, or the REGISTER to sipdoctor digest: both say which change of the password makes the response verify, on every REGISTER of the attempt.',
		lookAlikes: [
			'Another password altogether verifies with no alteration: wrong-password.',
			'One wrong character is a slip and no alteration: wrong-password says so.',
			'A right password over another realm, username or uri is refused in the same way.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Enter the password again by hand, without blanks; in a provisioning file quote or escape it as the phone demands.',
		},
		{
			who: 'registrar',
			what: 'Set a password of ASCII letters and digits only, of at most 16 characters if the phone cuts it: it passes every form and file unchanged.',
		},
	],
	check(subject) {
		return computedOtherwise(subject, 'password-altered') ?? SILENT;
	},
});
