import { elsewhereVerdict } from '../elsewhere-verdict.js';
import { defineRule } from '../rule.js';

export default defineRule({
	id: 'srv-not-used',
	severity: 'degraded',
	title: 'The phone does not look where SRV says the service is',
	references: ['RFC 3263 §4.2', 'RFC 2782'],
	explanation: {
		means:
			'The SRV records of the domain name another host or port. The phone asks only for the address of the domain itself, and sends its REGISTER to port 5060 there: to a web server, or to nobody.',
		causes: [
			'SRV is switched off in the phone, which many have as default.',
			'The phone knows no SRV.',
		],
		confirm: 'Compare the SRV record of the domain with the address and port that the phone uses.',
		lookAlikes: [
			'An outbound proxy that is entered in the phone is used in place of SRV, rightly.',
			'Where SRV names the same host and port, nothing is lost but failover.',
		],
	},
	fix: [
		{ who: 'phone', what: 'Switch on DNS SRV, and leave the port of the server empty.' },
		{ who: 'phone', what: 'Or enter host and port of the SRV record as outbound proxy.' },
	],
	check: (subject) => elsewhereVerdict(subject, { withPort: false }),
});
