import { reporterOf } from '../icmp-words.js';
import { defineRule } from '../rule.js';
import { refusedRegister } from '../unreachable-verdict.js';

export default defineRule({
	id: 'port-unreachable',
	severity: 'fatal',
	title: 'The host is up, and nothing listens on the port',
	references: ['RFC 792', 'RFC 4443 §3.1', 'RFC 3261 §18.4'],
	explanation: {
		means:
			'An ICMP port unreachable quotes the REGISTER. The host was reached and says that no program listens on this UDP port.',
		causes: [
			'The SIP server is not running, or listens on another port or address.',
			'The port or the transport in the account is wrong (5060 UDP and not TCP, or the reverse).',
			'A firewall rejects with "port unreachable" in the name of the host.',
		],
		confirm:
			'On the server: does the process run, and which address and port does it listen on (ss -lunp)?',
		lookAlikes: [
			'An ICMP error about another flow, or one that quotes an answer to the phone, says nothing of the server.',
			'A REGISTER that is answered later was only too early.',
		],
	},
	fix: [
		{ who: 'registrar', what: 'Start the SIP server, or let it listen on this port and address.' },
		{ who: 'phone', what: 'Correct port and transport of the registrar.' },
	],
	check: (subject) =>
		refusedRegister(
			subject,
			['port', 'protocol'],
			(event, server) =>
				`Nothing listens on ${server}: ${reporterOf(event)} answers the REGISTER with port unreachable.`,
		),
});
