import { defineRule } from '../rule.js';
import { tlsVerdict } from '../tls-verdict.js';

export default defineRule({
	id: 'tls-version-mismatch',
	severity: 'fatal',
	title: 'Phone and server have no TLS version in common',
	references: ['RFC 8446 §6.2', 'RFC 8996'],
	explanation: {
		means:
			'The phone offers TLS versions of which the server accepts none, or the reverse. TLS 1.0 and 1.1 are switched off on most servers today.',
		causes: [
			'Old firmware that knows only TLS 1.0 or 1.1.',
			'A server that allows only TLS 1.3, or one that is older than the phone.',
		],
		confirm: 'openssl s_client -connect HOST:5061 -tls1_2, and with the other versions.',
		lookAlikes: [
			'handshake_failure from a server may as well be a matter of ciphers or of a client certificate.',
		],
	},
	fix: [
		{ who: 'phone', what: 'Update the firmware, or switch TLS 1.2 on.' },
		{ who: 'registrar', what: 'Allow TLS 1.2 as long as such phones are in use.' },
	],
	check: (subject) =>
		tlsVerdict(subject, 'version', ({ offeredVersion, alert }, server) => {
			const offer =
				offeredVersion === undefined ? '' : ` The phone offers up to ${offeredVersion}.`;
			const who = alert?.by === 'client' ? 'The phone refuses the version of' : 'No version suits';
			return `${who} ${server}.${offer}`;
		}),
});
