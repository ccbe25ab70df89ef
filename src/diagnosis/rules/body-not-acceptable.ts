import { describeStatus, lastFinal } from '../../registration/attempt-facts.js';
import { firstHeader } from '../../sip/header-fields.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'body-not-acceptable',
	severity: 'fatal',
	title: 'The server does not take the body of the REGISTER, or what the phone accepts in return',
	references: ['RFC 3261 §21.4.7', 'RFC 3261 §21.4.13', 'RFC 3261 §10.2'],
	explanation: {
		means:
			'415: the REGISTER has a body of a type that the server does not know. 406: the server has nothing that fits Accept of the phone. A REGISTER needs no body; some phones put device data or a certificate in it.',
		causes: [
			'A phone of another vendor’s system sends its private body (device data, XML).',
			'A Content-Encoding or Content-Type that the server does not know.',
			'An Accept header field that excludes everything.',
		],
		confirm:
			'Look at Content-Type, Content-Length and Accept of the REGISTER, and at Accept of the answer.',
		lookAlikes: ['606 Not Acceptable comes from a B2BUA: see declined-globally.'],
	},
	fix: [
		{
			who: 'phone',
			what: 'Switch off the vendor mode (system features) that puts a body into REGISTER.',
		},
		{ who: 'registrar', what: 'Ignore the body of REGISTER.' },
	],
	check({ attempt }) {
		const final = lastFinal(attempt);
		const request = attempt.transactions.at(-1)?.phone.request;
		if (final === undefined || request === undefined) return SILENT;
		if (![406, 415].includes(final.message.statusCode)) return SILENT;
		const { message } = request;
		const id = final.message.statusCode === 415 ? 'content-type' : 'accept';
		const field = id === 'accept' ? 'Accept' : 'Content-Type';
		const sent = firstHeader(message, id)?.value;
		const taken = firstHeader(final.message, 'accept')?.value;
		return {
			kind: 'fires',
			confidence: 'strong',
			summary: `${final.src.address} answers ${describeStatus(final)} to a REGISTER with ${field} ${sent ?? 'absent'} and a body of ${message.body.length} bytes.`,
			evidence: inOrder(
				evidenceOf(request, field, sent ?? 'none'),
				evidenceOf(final, 'Status', describeStatus(final)),
				...evidenceIf(taken === undefined ? undefined : final, 'Accept', taken ?? ''),
			),
		};
	},
});
