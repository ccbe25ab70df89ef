import { lastTransaction } from '../../registration/attempt-facts.js';
import { contactsOf, requestUriOf } from '../../registration/register-request.js';
import { findToUri, readFrom } from '../../sip/headers/from-to.js';
import type { SipRequest } from '../../sip/message.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'password-in-uri',
	severity: 'risk',
	title: 'A URI of the REGISTER holds a password',
	references: ['RFC 3261 §19.1.1'],
	explanation: {
		means:
			'sip:user:password@host is a form of old times that RFC 3261 advises against: the password stands in every message, in the logs of every server and in the caller display of those called.',
		causes: [
			'The account was entered as one line, with the password in it.',
			'A script that builds the URI by hand.',
		],
		confirm: 'Look for a colon between sip: and @ in To, From, Contact and Request-URI.',
		lookAlikes: ['A colon behind the host separates the port.'],
	},
	fix: [
		{ who: 'phone', what: 'Enter user and password in their own fields, and change the password.' },
	],
	check({ attempt }) {
		const request = lastTransaction(attempt)?.phone.request;
		if (request === undefined) return SILENT;
		const fields = fieldsWithPassword(request.message);
		if (fields.length === 0) return SILENT;
		const names = fields.join(', ');
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `A password stands in the URI of ${names}.`,
			evidence: inOrder(evidenceOf(request, names, 'a password in the URI (not shown)')),
		};
	},
});

function fieldsWithPassword(request: SipRequest): readonly string[] {
	const from = readFrom(request);
	const uris = [
		['Request-URI', requestUriOf(request)],
		['To', findToUri(request)],
		['From', from?.ok === true ? from.value.uri : undefined],
		['Contact', contactsOf(request).find(({ uri }) => uri.hasPassword)?.uri],
	] as const;
	return uris.flatMap(([name, uri]) => (uri?.hasPassword === true ? [name] : []));
}
