import { isSecure } from '../../net/transport.js';
import { lastTransaction } from '../../registration/attempt-facts.js';
import { readCredentials } from '../../sip/headers/authorization.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'cleartext-bearer',
	severity: 'risk',
	title: 'A bearer token is sent in the clear',
	references: ['RFC 8898 §2.1', 'RFC 6750 §5.3'],
	explanation: {
		means:
			'Whoever holds a bearer token is let in: it is no hash but the key itself. In a REGISTER without TLS everybody on the way can take it. Treat this token as known to others.',
		causes: ['The client was set to UDP, TCP or ws: for a test, or because TLS failed.'],
		confirm: 'Authorization: Bearer in a REGISTER that Wireshark reads without keys.',
		lookAlikes: ['Digest sends only a hash, and may go over UDP.'],
	},
	fix: [
		{ who: 'phone', what: 'Use TLS or wss. Revoke this token.' },
		{ who: 'registrar', what: 'Refuse tokens that come without TLS.' },
	],
	check({ attempt }) {
		const phone = lastTransaction(attempt)?.phone;
		if (phone === undefined || isSecure(phone.transport)) return SILENT;
		const found = readCredentials(phone.request.message).find(
			({ scheme }) => scheme.toLowerCase() === 'bearer',
		);
		if (found === undefined) return SILENT;
		const transport = phone.transport.toUpperCase();
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `The REGISTER to ${phone.server.address} carries a bearer token over ${transport}.`,
			evidence: inOrder(evidenceOf(phone.request, found.header, `Bearer, over ${transport}`)),
		};
	},
});
