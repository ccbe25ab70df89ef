import { defineRule } from '../rule.js';
import { tlsVerdict } from '../tls-verdict.js';

export default defineRule({
	id: 'tls-untrusted-certificate',
	severity: 'fatal',
	title: "The phone does not trust the server's certificate",
	references: ['RFC 8446 §6.2', 'RFC 5922 §7.4', 'RFC 3261 §26.3.1'],
	explanation: {
		means:
			'The server showed its certificate, and the phone broke the handshake off: it knows no authority that vouches for it, or the chain is not complete.',
		causes: [
			'The certificate is self-signed, or of a private authority that is not installed on the phone.',
			'The server does not send the intermediate certificates.',
			"The phone's list of authorities is too old for a new root.",
		],
		confirm:
			'openssl s_client -connect HOST:5061 -showcerts: is the chain complete, and who is the root? Compare with the trusted authorities of the phone.',
		lookAlikes: [
			'An expired certificate, or one for another name, often gives the same vague alert.',
			'A close_notify at the end of a session that worked refuses nothing.',
		],
	},
	fix: [
		{ who: 'phone', what: 'Install the authority that issued the certificate.' },
		{
			who: 'registrar',
			what: 'Use a certificate of an authority that the phones know, and send the whole chain.',
		},
	],
	check: (subject) =>
		tlsVerdict(subject, 'untrusted', ({ certificates }, server) => {
			const [leaf] = certificates;
			const what =
				leaf === undefined
					? 'its certificate'
					: leaf.subject === leaf.issuer
						? `its self-signed certificate "${leaf.subject}"`
						: `its certificate, issued by "${leaf.issuer}"`;
			return `The phone refuses ${server}: it does not trust ${what}.`;
		}),
});
