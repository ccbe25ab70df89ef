import { alertName } from '../../registration/tls-failure.js';
import { defineRule } from '../rule.js';
import { tlsVerdict } from '../tls-verdict.js';

export default defineRule({
	id: 'tls-handshake-failed',
	severity: 'fatal',
	title: 'The TLS handshake does not come to its end',
	references: ['RFC 8446 §6', 'RFC 5246 §7.2'],
	explanation: {
		means:
			'The TCP connection is up and TLS is not: one side sent an alert, or closed the connection before any data. No better name fits what can be read without keys.',
		causes: [
			'No cipher or curve in common, or parameters that one side does not take.',
			'The certificate is refused, and TLS 1.3 encrypts the alert that says so.',
			'The server or a firewall drops the connection by its own rules.',
		],
		confirm:
			'Read the log of phone and server; openssl s_client against the port; give the keys of the session where the phone can write them.',
		lookAlikes: [
			'Alerts about certificate, version or name have causes of their own.',
			'A close after the data of a session is its normal end.',
		],
	},
	fix: [
		{ who: 'registrar', what: 'Look for the reason in the TLS log of the server at this time.' },
		{
			who: 'phone',
			what: 'Update the firmware, and check the trusted authorities and TLS settings.',
		},
	],
	check: (subject) =>
		tlsVerdict(subject, 'other', ({ alert, closedBy, reached }, server) => {
			if (alert !== undefined && alert.description !== 0) {
				const by = alert.by === 'client' ? 'The phone' : 'The server';
				return `${by} breaks the TLS handshake with ${server} off: ${alertName(alert.description)}.`;
			}
			if (reached === 'client-hello') {
				return closedBy === 'client'
					? `${server} does not answer the ClientHello, and the phone gives up.`
					: `${server} closes the connection as its answer to the ClientHello.`;
			}
			return closedBy === 'client'
				? `The phone closes the connection to ${server} right after what the server showed, most likely over its certificate.`
				: `${server} closes the connection after its own part of the handshake.`;
		}),
});
