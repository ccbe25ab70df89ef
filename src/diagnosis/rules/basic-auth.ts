import { readChallenges } from '../../sip/headers/authenticate.js';
import { readCredentials } from '../../sip/headers/authorization.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT, type Subject } from '../rule.js';

export default defineRule({
	id: 'basic-auth',
	severity: 'risk',
	title: 'Basic authentication is asked for or used: the password itself goes over the wire',
	references: ['RFC 3261 §22.1', 'RFC 7617 §4'],
	explanation: {
		means:
			'Basic is the password in base64, readable to everybody who sees the packet. RFC 3261 forbids it in SIP: it must neither be asked for nor accepted. A password that was sent in this way is known to others.',
		causes: [
			'A self-made registrar, or a component made for HTTP.',
			'A phone that falls back to Basic.',
		],
		confirm: 'WWW-Authenticate: Basic in an answer, or Authorization: Basic in a REGISTER.',
		lookAlikes: ['Provisioning over HTTP uses Basic too, and is another matter.'],
	},
	fix: [
		{ who: 'registrar', what: 'Use Digest, and change passwords that were sent.' },
		{ who: 'phone', what: 'Switch Basic off.' },
	],
	check({ steps }) {
		const sent = steps.find(({ request }) => isBasic(readCredentials(request.message)));
		const asked = steps.find((step) => asksBasic(step));
		const seen = sent?.request ?? asked?.final;
		if (seen === undefined) return SILENT;
		const who = sent === undefined ? 'The server asks for Basic' : 'The phone sends Basic';
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `${who}: the password, not a hash of it.`,
			evidence: inOrder(
				evidenceOf(seen, 'scheme', 'Basic'),
				...evidenceIf(sent === undefined ? undefined : asked?.final, 'challenge', 'Basic'),
			),
		};
	},
});

function asksBasic({ final }: Subject['steps'][number]): boolean {
	return final !== undefined && isBasic(readChallenges(final.message));
}

function isBasic(values: readonly { readonly scheme: string }[]): boolean {
	return values.some(({ scheme }) => scheme.toLowerCase() === 'basic');
}
