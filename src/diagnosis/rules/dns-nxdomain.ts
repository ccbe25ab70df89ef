import { resolutionVerdict } from '../resolution-verdict.js';
import { defineRule } from '../rule.js';

export default defineRule({
	id: 'dns-nxdomain',
	severity: 'fatal',
	title: 'The name of the registrar does not exist',
	references: ['RFC 1035 §4.1.1', 'RFC 3263 §4.2'],
	explanation: {
		means:
			'The name server says that there is no such name (NXDOMAIN), so there is nowhere to send the REGISTER.',
		causes: [
			'A typing error in the domain or server of the account.',
			'The name exists only in the DNS of the provider or of the site.',
		],
		confirm: 'Ask the same name from another network and another resolver.',
		lookAlikes: ['A resolver that fails or does not answer says nothing about the name.'],
	},
	fix: [
		{ who: 'phone', what: 'Correct the domain or the outbound proxy of the account.' },
		{ who: 'site-network', what: 'Use the DNS servers that know this name.' },
	],
	check: (subject) =>
		resolutionVerdict(
			subject,
			['nxdomain'],
			({ name }) => `The name ${name} does not exist (NXDOMAIN).`,
		),
});
