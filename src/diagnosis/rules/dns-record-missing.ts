import { resolutionVerdict } from '../connection-verdict.js';
import { defineRule } from '../rule.js';

export default defineRule({
	id: 'dns-record-missing',
	severity: 'fatal',
	title: 'The name exists, and has no address',
	references: ['RFC 2308 §2.2', 'RFC 3263 §4.2'],
	explanation: {
		means: 'The name server knows the name, and has no A or AAAA record for it.',
		causes: [
			'The domain has only SRV or NAPTR records, and the phone asks for an address.',
			'The record was forgotten or removed.',
		],
		confirm: 'Ask for NAPTR and SRV records of the domain.',
		lookAlikes: ['NXDOMAIN says that the name does not exist at all.'],
	},
	fix: [
		{
			who: 'phone',
			what: 'Let the phone use SRV, or enter the host name of the registrar as outbound proxy.',
		},
		{ who: 'provider', what: 'Publish A or AAAA records for the name.' },
	],
	check: (subject) =>
		resolutionVerdict(
			subject,
			['no-record'],
			(name) => `${name} exists and has neither A nor AAAA record.`,
		),
});
