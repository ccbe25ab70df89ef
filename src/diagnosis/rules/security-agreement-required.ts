import { describeStatus, lastFinal } from '../../registration/attempt-facts.js';
import { firstHeader, headerValues, splitValues } from '../../sip/header-fields.js';
import type { SipResponse } from '../../sip/message.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'security-agreement-required',
	severity: 'fatal',
	title: 'The server wants a security agreement that the phone does not make',
	references: ['RFC 3329 §2.3', 'RFC 3329 §2.2', 'RFC 3261 §21.4.16'],
	explanation: {
		means:
			'494 Security Agreement Required, or 421 with Require: sec-agree: before it registers anybody, this server wants to agree on TLS, IPsec or digest by RFC 3329. Mobile networks (IMS) do so; an ordinary desk phone cannot answer it.',
		causes: [
			'The phone was pointed at the P-CSCF of a mobile or IMS network.',
			'The phone offers no mechanism of the ones that the server lists in Security-Server.',
			'A proxy takes the Security headers out.',
		],
		confirm:
			'Look for Security-Client and Supported: sec-agree in the REGISTER, and for Security-Server in the answer.',
		lookAlikes: [
			'One 494 and then a REGISTER with Security-Verify is the agreement as it should be.',
			'421 with another option tag is about that extension.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Use a phone with RFC 3329, or the access for ordinary SIP phones of the provider.',
		},
		{ who: 'provider', what: 'Say which access and which mechanism the account is meant for.' },
	],
	check({ attempt }) {
		const final = lastFinal(attempt);
		const request = attempt.transactions.at(-1)?.phone.request;
		if (final === undefined || request === undefined || !wantsAgreement(final.message))
			return SILENT;
		const offered = firstHeader(request.message, 'security-client')?.value;
		const wanted = headerValues(final.message, 'security-server').join(', ');
		const list = wanted === '' ? '' : ` (${wanted})`;
		return {
			kind: 'fires',
			confidence: offered === undefined && !request.cut ? 'proven' : 'strong',
			summary: `${final.src.address} answers ${describeStatus(final)}${list}, and the REGISTER ${
				offered === undefined ? 'offers no Security-Client' : `offers ${offered}`
			}.`,
			evidence: inOrder(
				evidenceOf(request, 'Security-Client', offered ?? 'none'),
				evidenceOf(final, 'Status', describeStatus(final)),
				...evidenceIf(wanted === '' ? undefined : final, 'Security-Server', wanted),
			),
		};
	},
});

function wantsAgreement(response: SipResponse): boolean {
	if (response.statusCode === 494) return true;
	const required = headerValues(response, 'require').flatMap(splitValues);
	return response.statusCode === 421 && required.some((tag) => tag.toLowerCase() === 'sec-agree');
}
