import { alertName } from '../../registration/tls-failure.js';
import { defineRule } from '../rule.js';
import { tlsVerdict, wildcardWords } from '../tls-verdict.js';

export default defineRule({
	id: 'tls-name-mismatch',
	severity: 'fatal',
	title: 'The certificate is for another name than the one asked for',
	references: ['RFC 5922 §7.1', 'RFC 5922 §7.2', 'RFC 6066 §3'],
	explanation: {
		means:
			'The name that the phone asks for is not among those of the certificate, or the server says that it does not serve it. For SIP the domain of the account counts, as a DNS name or a SIP URI, and a wildcard does not.',
		causes: [
			'The certificate names the host that SRV points to, and not the SIP domain.',
			'The phone is configured with an IP address or a short name.',
			'The server holds several certificates and chose another one, as the phone sends no server name.',
		],
		confirm:
			'openssl s_client -connect HOST:5061 -servername DOMAIN, and read the subject alternative names.',
		lookAlikes: [
			'An untrusted authority gives the same vague alert; here the names decide.',
			'A warning "unrecognized_name", after which the handshake goes on, is harmless.',
		],
	},
	fix: [
		{
			who: 'registrar',
			what: 'Use a certificate with the SIP domain among its subject alternative names, no wildcard.',
		},
		{ who: 'phone', what: 'Enter the server by the name that its certificate has.' },
	],
	check: (subject) =>
		tlsVerdict(subject, 'name', (event, server) => {
			const names = event.certificates[0]?.names.join(', ');
			if (names === undefined || event.alert?.by === 'server') {
				return `The server refuses the name of ${server}: ${alertName(event.alert?.description ?? 0)}.`;
			}
			return `The phone asks for ${server} and breaks off: the certificate is for ${names}.${wildcardWords(event)}`;
		}),
});
