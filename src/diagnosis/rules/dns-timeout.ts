import { resolutionVerdict } from '../resolution-verdict.js';
import { defineRule } from '../rule.js';

export default defineRule({
	id: 'dns-timeout',
	severity: 'fatal',
	title: 'The name server does not answer',
	references: ['RFC 1035 §4.2.1'],
	explanation: {
		means: 'The question for the name of the registrar was not answered in time.',
		causes: ['The resolver is down or unreachable.', 'A firewall drops DNS.'],
		confirm: 'Ask the resolver for any other name.',
		lookAlikes: [
			'SERVFAIL is an answer: then the resolver is there.',
			'A second resolver that answers makes up for the first one.',
		],
	},
	fix: [
		{ who: 'site-network', what: 'Check the resolver and the firewall between it and the phone.' },
	],
	check: (subject) =>
		resolutionVerdict(
			subject,
			['timed-out'],
			({ name }) => `The question for ${name} was not answered by the name server.`,
		),
});
