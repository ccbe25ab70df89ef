import { lastTransaction } from '../../registration/attempt-facts.js';
import { contactsOf } from '../../registration/register-request.js';
import { headerValues } from '../../sip/header-fields.js';
import type { SipMessage } from '../../sip/message.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'outbound-incomplete',
	severity: 'degraded',
	title: 'The phone asks for outbound (RFC 5626) by half',
	references: ['RFC 5626 §4.2', 'RFC 5626 §6'],
	explanation: {
		means:
			'A registration over a flow needs reg-id and +sip.instance in the Contact, and "outbound" among what is supported. Here a part is missing, so the registrar binds the Contact in the old way, and calls do not use the flow of the phone.',
		causes: [
			'Firmware that sends reg-id without an instance.',
			'The edge proxy or registrar does not know outbound: nothing in its 200 requires it.',
		],
		confirm:
			'Compare the Contact of the REGISTER with Supported and with Require: outbound in the 200.',
		lookAlikes: [
			'+sip.instance alone names the device (for GRUU, or for push) and asks for no flow.',
			'A registrar without outbound that handles NAT by itself reaches the phone all the same.',
		],
	},
	fix: [{ who: 'phone', what: 'Switch outbound on as a whole (instance and reg-id), or off.' }],
	check({ attempt, registration }) {
		if (attempt !== registration.decisive) return SILENT;
		const request = lastTransaction(attempt)?.phone.request;
		if (request === undefined || request.cut) return SILENT;
		const contact = contactsOf(request.message).find(({ regId }) => regId !== undefined);
		if (contact === undefined) return SILENT;
		const missing = [
			...(contact.instanceId === undefined ? ['+sip.instance'] : []),
			...(supportsOutbound(request.message) ? [] : ['outbound in Supported']),
		];
		if (missing.length === 0) return SILENT;
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `The Contact has reg-id=${contact.regId ?? ''}, and the REGISTER lacks ${missing.join(' and ')}.`,
			evidence: inOrder(
				evidenceOf(
					request,
					'Contact',
					`reg-id=${contact.regId ?? ''}; missing: ${missing.join(', ')}`,
				),
			),
		};
	},
});

function supportsOutbound(message: SipMessage): boolean {
	return headerValues(message, 'supported')
		.flatMap((value) => value.split(','))
		.some((option) => option.trim().toLowerCase() === 'outbound');
}
