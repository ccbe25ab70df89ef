import { isValidAt } from '../../registration/tls-failure.js';
import { defineRule } from '../rule.js';
import { day, tlsVerdict } from '../tls-verdict.js';

export default defineRule({
	id: 'tls-expired-certificate',
	severity: 'fatal',
	title: "The server's certificate is not valid at this time",
	references: ['RFC 5280 §4.1.2.5', 'RFC 8446 §6.2'],
	explanation: {
		means:
			'A certificate of the chain has run out, or is not valid yet, and the phone broke the handshake off.',
		causes: [
			'The certificate was not renewed, or the server was not restarted after it was.',
			'An intermediate certificate of the chain has run out.',
		],
		confirm:
			'openssl s_client -connect HOST:5061 -showcerts, and read "not after" of each certificate.',
		lookAlikes: [
			'A phone without the right time takes a valid certificate for an expired one: tls-clock.',
			'A phone that does not check goes on with an expired certificate.',
		],
	},
	fix: [{ who: 'registrar', what: 'Renew the certificate, and load it into the running server.' }],
	check: (subject) =>
		tlsVerdict(subject, 'expired', ({ certificates, at }, server) => {
			const invalid = certificates.find((certificate) => !isValidAt(certificate, at));
			if (invalid === undefined)
				return `The phone says that the certificate of ${server} has expired.`;
			const words =
				invalid.notAfter < at
					? `expired on ${day(invalid.notAfter)}`
					: `is not valid before ${day(invalid.notBefore)}`;
			return `The phone refuses ${server}: the certificate "${invalid.subject}" ${words}.`;
		}),
});
