import { computedOtherwise } from '../computed-otherwise.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'response-miscomputed',
	severity: 'fatal',
	title: 'The phone computes the response otherwise than the RFC, from the right account',
	references: ['RFC 7616 §3.4.1', 'RFC 7616 §3.4.3', 'RFC 3261 §22.4'],
	explanation: {
		means:
			'Username, realm and password are right, and what the phone hashes with them is not what it writes: another method, the nonce in another form, or an inner hash in upper-case digits. No server can verify it.',
		causes: [
			'The firmware computes the response for the method of another request.',
			'It unescapes, cuts or re-encodes the nonce before it hashes it.',
			'It writes hashes in upper-case digits into the next hash (RFC 7616 §3.1.3 wants lower case).',
		],
		confirm:
			'Give the account with --accounts, or the REGISTER to sipdoctor digest, and compare each step with what the phone did.',
		lookAlikes: [
			'A response over the nonce of an older challenge is stale-nonce-reused.',
			'A response without the qop that is written is qop-malformed.',
			'Upper-case digits in the response itself are harmless: servers compare them in any case.',
		],
	},
	fix: [
		{ who: 'phone', what: 'Update the firmware; this is a fault of its digest code.' },
		{
			who: 'registrar',
			what: 'Until then, offer another algorithm or leave qop out of the challenge, which takes another path through the code of the phone.',
		},
	],
	check(subject) {
		return computedOtherwise(subject, 'response-miscomputed') ?? SILENT;
	},
});
