import { reporterOf } from '../icmp-words.js';
import { defineRule } from '../rule.js';
import { unreachableVerdict } from '../unreachable-verdict.js';
import { untoldInProbe } from '../untold-socket.js';

export default defineRule({
	id: 'host-unreachable',
	severity: 'fatal',
	title: 'The host or network of the server is not reachable',
	references: ['RFC 792', 'RFC 1812 §5.2.7.1', 'RFC 4443 §3.1'],
	explanation: {
		means:
			'An ICMP host or network unreachable quotes the REGISTER, or the first packet of the connection: a router has no way to the server, or the last one gets no answer to its ARP.',
		causes: [
			'The server is switched off, or its address is wrong or old.',
			'A route or a VPN is down.',
			'The phone asks a private address that does not exist in its network.',
		],
		confirm:
			'Who sent the ICMP error? The own router: no route. The last router: the host is down. Compare with the DNS answer.',
		lookAlikes: [
			'"Administratively prohibited" is a filter, not a missing host.',
			'A single error during a change of route is mended by the next REGISTER.',
		],
	},
	fix: [
		{ who: 'site-network', what: 'Check route, VPN and DNS towards the server.' },
		{ who: 'provider', what: 'Check that the server is up at this address.' },
	],
	check: (subject) =>
		untoldInProbe(
			subject,
			'a UDP socket is not told of an ICMP host or network unreachable',
			"'icmp or icmp6 or port 5060'",
		) ??
		unreachableVerdict(
			subject,
			['host', 'network', 'other'],
			(event, server, what) =>
				`${server} cannot be reached: ${reporterOf(event)} says so to ${what}.`,
		),
});
