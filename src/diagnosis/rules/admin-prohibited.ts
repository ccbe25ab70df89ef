import { reporterOf } from '../icmp-words.js';
import { defineRule } from '../rule.js';
import { unreachableVerdict } from '../unreachable-verdict.js';
import { untoldOfConnection } from '../untold-socket.js';

export default defineRule({
	id: 'admin-prohibited',
	severity: 'fatal',
	title: 'A filter forbids the REGISTER and says so',
	references: ['RFC 1812 §5.2.7.1', 'RFC 4443 §3.1'],
	explanation: {
		means:
			'An ICMP "administratively prohibited" (IPv4 codes 9, 10, 13; IPv6 codes 1, 5, 6) quotes the REGISTER, or the first packet of the connection. A firewall rejects it on purpose; its address is the sender of the ICMP error.',
		causes: [
			'A firewall at the site or at the provider rejects UDP to this port.',
			'An access list of the server allows certain networks only.',
		],
		confirm:
			'Look up whose the address of the ICMP error is: own router, access provider, or the server.',
		lookAlikes: [
			'Port unreachable (code 3) comes from the host itself and means that nothing listens.',
		],
	},
	fix: [
		{
			who: 'site-network',
			what: 'Allow SIP to the registrar on the firewall that sent the ICMP error.',
		},
		{ who: 'provider', what: 'If the address is yours: allow the source address of this site.' },
	],
	check: (subject) =>
		untoldOfConnection(subject) ??
		unreachableVerdict(
			subject,
			['admin-prohibited'],
			(event, server, what) =>
				`A filter forbids ${what} to ${server}: administratively prohibited, says ${reporterOf(event)}.`,
		),
});
