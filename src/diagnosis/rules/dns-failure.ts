import { resolutionVerdict } from '../resolution-verdict.js';
import { defineRule } from '../rule.js';

export default defineRule({
	id: 'dns-failure',
	severity: 'fatal',
	title: 'The name server cannot answer',
	references: ['RFC 1035 §4.1.1'],
	explanation: {
		means:
			'The resolver answered SERVFAIL or REFUSED, or could not be asked: the name may be right, and nothing was learnt.',
		causes: [
			'The name servers of the domain are down or broken (DNSSEC).',
			'The resolver refuses questions from this network.',
			'No resolver is configured.',
		],
		confirm: 'Ask another resolver for the same name.',
		lookAlikes: ['NXDOMAIN says that the name does not exist.'],
	},
	fix: [
		{ who: 'site-network', what: 'Check the resolver that this network uses.' },
		{ who: 'provider', what: 'Check the name servers of the domain.' },
	],
	check: (subject) =>
		resolutionVerdict(
			subject,
			['failure'],
			({ name }) => `The name server cannot answer for ${name}.`,
		),
});
