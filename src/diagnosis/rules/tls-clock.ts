import { defineRule } from '../rule.js';
import { day, tlsVerdict } from '../tls-verdict.js';

export default defineRule({
	id: 'tls-clock',
	severity: 'fatal',
	title: "The phone's clock is wrong, so it takes a valid certificate for an expired one",
	references: ['RFC 5280 §4.1.2.5', 'RFC 8446 §6.2'],
	explanation: {
		means:
			'The phone refuses the certificate as expired, while every certificate that the server showed is valid at the time of the capture. The phone has no time, or another one.',
		causes: [
			'NTP is not configured, not reachable, or its name does not resolve.',
			'The phone starts in 1970 or 2000 and registers before it has the time.',
		],
		confirm: 'Look at the date on the phone; does the capture show NTP answers for it?',
		lookAlikes: [
			'A certificate that has run out is tls-expired-certificate.',
			'The clock of the capturing machine may be the wrong one.',
		],
	},
	fix: [
		{ who: 'phone', what: 'Set an NTP server that can be reached before the registration.' },
		{ who: 'site-network', what: 'Allow NTP (UDP 123), or offer a time server by DHCP.' },
	],
	check: (subject) =>
		tlsVerdict(subject, 'clock', ({ certificates, at }, server) => {
			const until = Math.min(...certificates.map(({ notAfter }) => notAfter));
			return `On ${day(at)} the phone calls the certificate of ${server} expired, which is valid until ${day(until)}.`;
		}),
});
