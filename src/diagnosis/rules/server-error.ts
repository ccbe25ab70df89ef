import { describeStatus, lastFinal, serverWords } from '../../registration/attempt-facts.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

/** Those with a meaning of their own; any other 5xx is to be read as a 500 (RFC 3261 §8.1.3.2). */
const OTHER_RULES = [501, 503, 504, 513];

export default defineRule({
	id: 'server-error',
	severity: 'fatal',
	title: 'The server failed while it worked on the REGISTER',
	references: ['RFC 3261 §21.5', 'RFC 3261 §10.3'],
	explanation: {
		means:
			'A 500 or its like: the server understood the REGISTER and could not carry it out. Phone and network did their part.',
		causes: [
			'The database of the registrar is down or full (RFC 3261 §10.3: a failed commit is a 500).',
			'A fault in the configuration: Asterisk answers 500 where the auth object of an endpoint is missing.',
			'A proxy got an answer that it could not use (502).',
		],
		confirm:
			'Look into the log of the server at this time; the same REGISTER a minute later often works.',
		lookAlikes: [
			'503 is overload or maintenance, 504 and 408 a registrar behind a proxy that does not answer.',
		],
	},
	fix: [
		{
			who: 'registrar',
			what: 'Look for the error in the log at this time; check database and account configuration.',
		},
	],
	check({ attempt }) {
		const final = lastFinal(attempt);
		const request = attempt.transactions.at(-1)?.phone.request;
		if (final === undefined || request === undefined) return SILENT;
		const { statusCode } = final.message;
		if (statusCode < 500 || statusCode > 599 || OTHER_RULES.includes(statusCode)) return SILENT;
		const words = serverWords(final.message).join('; ');
		return {
			kind: 'fires',
			confidence: 'strong',
			summary: `${final.src.address} answers ${describeStatus(final)}${words === '' ? '' : `: ${words}`}.`,
			evidence: inOrder(
				evidenceOf(request, 'REGISTER', `to ${final.src.address}`),
				evidenceOf(final, 'Status', `${describeStatus(final)}${words === '' ? '' : ` (${words})`}`),
			),
		};
	},
});
