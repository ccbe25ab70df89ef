import { alertName } from '../../registration/tls-failure.js';
import { defineRule } from '../rule.js';
import { tlsVerdict } from '../tls-verdict.js';

export default defineRule({
	id: 'tls-client-certificate-required',
	severity: 'fatal',
	title: 'The server wants a certificate of the phone and does not get an acceptable one',
	references: ['RFC 8446 §4.3.2', 'RFC 8446 §6.2', 'RFC 5246 §7.4.4'],
	explanation: {
		means:
			'The server asks the client for a certificate (mutual TLS), and breaks off over what it gets: none, or one that it does not trust.',
		causes: [
			'No certificate is installed on the phone, or its manufacturer certificate is not used.',
			"The server does not know the authority of the phone's certificate.",
			'Mutual TLS is switched on for a port that ordinary phones use.',
		],
		confirm: 'openssl s_client -connect HOST:5061 shows "Acceptable client certificate CA names".',
		lookAlikes: [
			'Many servers ask for a certificate and go on without one.',
			'An alert of the phone speaks of the certificate of the server.',
		],
	},
	fix: [
		{ who: 'phone', what: 'Install or select the device certificate that the provider expects.' },
		{
			who: 'registrar',
			what: 'Do not require client certificates here, or trust their authority.',
		},
	],
	check: (subject) =>
		tlsVerdict(subject, 'client-certificate', ({ alert }, server) => {
			if (alert === undefined || alert.description === 0) {
				return `${server} asks for a certificate of the phone and closes the connection after its answer.`;
			}
			return `${server} wants a certificate of the phone and breaks off with ${alertName(alert.description)}.`;
		}),
});
