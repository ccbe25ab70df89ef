import { elsewhereVerdict } from '../elsewhere-verdict.js';
import { defineRule } from '../rule.js';

export default defineRule({
	id: 'dns-port-suppresses-srv',
	severity: 'degraded',
	title: 'A port behind the domain keeps the phone from asking for SRV',
	references: ['RFC 3263 §4.2'],
	explanation: {
		means:
			'With a port in the URI a phone must not ask for SRV but for the address of the domain, which is another host, or another port, than the SIP service has.',
		causes: ['Port 5060 was typed behind the domain, or is a default of the form.'],
		confirm: 'Remove the port; the phone should then ask for SRV of the domain.',
		lookAlikes: ['A phone that asks only for an address without any port: srv-not-used.'],
	},
	fix: [
		{ who: 'phone', what: 'Leave the port empty (or 0), so that NAPTR and SRV are used.' },
		{ who: 'phone', what: 'Or enter host and port of the SRV record as they are.' },
	],
	check: (subject) => elsewhereVerdict(subject, { withPort: true }),
});
