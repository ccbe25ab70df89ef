import { describeStatus, lastFinal } from '../../registration/attempt-facts.js';
import type { Registration } from '../../registration/registration.js';
import { headerValues } from '../../sip/header-fields.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'not-a-registrar',
	severity: 'fatal',
	title: 'What was reached speaks SIP and registers nobody',
	references: ['RFC 3261 §21.4.6', 'RFC 3261 §21.5.2', 'RFC 3261 §20.5'],
	explanation: {
		means:
			'405 Method Not Allowed or 501 Not Implemented: the device understands SIP and does not take REGISTER. Account and password were not looked at; the address is wrong, or registration is not switched on there.',
		causes: [
			'The registrar address of the phone names a gateway, a trunk interface, a media server or another phone.',
			'The port is that of a trunk or of another service on the right host.',
			'A proxy has no registrar behind it, or its registrar function is switched off.',
		],
		confirm:
			'Read Allow in the answer: REGISTER is not in it. Compare registrar host and port with the data of the provider.',
		lookAlikes: [
			'A REGISTER with a tag in To is one inside a dialog, which Kamailio answers with 405: that is a fault of the phone.',
			'A server that accepted a REGISTER before is a registrar; something changed there.',
		],
	},
	fix: [
		{ who: 'phone', what: 'Enter the host and port of the registrar, not of gateway or trunk.' },
		{
			who: 'registrar',
			what: 'Switch registration on for this interface, if phones belong there.',
		},
	],
	check({ attempt, registration }) {
		const final = lastFinal(attempt);
		const request = attempt.transactions.at(-1)?.phone.request;
		if (final === undefined || request === undefined) return SILENT;
		if (![405, 501].includes(final.message.statusCode)) return SILENT;
		if (acceptedBefore(registration, final.src.address)) return SILENT;
		const allowed = headerValues(final.message, 'allow').join(', ');
		const allowsRegister = /\bREGISTER\b/.test(allowed);
		const answer = `${final.src.address} answers ${describeStatus(final)} to REGISTER`;
		return {
			kind: 'fires',
			confidence: allowed === '' ? 'strong' : allowsRegister ? 'likely' : 'proven',
			summary: allowed === '' ? `${answer}.` : `${answer} and allows ${allowed}.`,
			evidence: inOrder(
				evidenceOf(request, 'REGISTER', `to ${final.src.address}, port ${final.src.port}`),
				evidenceOf(final, 'Status', describeStatus(final)),
				...evidenceIf(allowed === '' ? undefined : final, 'Allow', allowed),
			),
		};
	},
});

function acceptedBefore({ attempts }: Registration, server: string): boolean {
	return attempts
		.flatMap(({ transactions }) => transactions)
		.some(
			({ phone }) =>
				phone.server.address === server && (phone.final?.message.statusCode ?? 999) < 300,
		);
}
