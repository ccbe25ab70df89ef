import { describeStatus, serverWords } from '../../registration/attempt-facts.js';
import type { SipResponse } from '../../sip/message.js';
import { describeStatus as registeredStatus } from '../../sip/status-codes.js';
import type { Observed } from '../../trace/observed.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'server-explanation',
	severity: 'info',
	title: 'The server says in its own words what it minds',
	references: ['RFC 3261 §20.43', 'RFC 3326 §2', 'RFC 3261 §20.18', 'RFC 3261 §20.33'],
	explanation: {
		means:
			'Beside the status code the server gave a reason: a Warning, a Reason, P-Registrar-Error, a reason phrase of its own, or a header field that says what it wants (Retry-After, Min-Expires, Unsupported, Require). It is often more exact than any conclusion.',
		causes: ['The registrar, the SBC or the provider wants the reason to be known.'],
		confirm: 'Read the header fields of the answer in the capture.',
		lookAlikes: [
			'Phones too send Reason in a REGISTER (Cisco: the alarm of the last restart); that is no word of the server.',
			'Reason phrases are free text; some servers write the same to everybody.',
		],
	},
	fix: [{ who: 'provider', what: 'Ask what these words mean, and quote them.' }],
	check({ attempt }) {
		const answers = attempt.transactions.flatMap(({ phone }) => phone.final ?? []);
		const told = answers.findLast((final) => wordsOf(final).length > 0);
		if (told === undefined) return SILENT;
		const words = wordsOf(told);
		const [first = '', ...rest] = words;
		const { statusCode } = told.message;
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `To ${statusCode} ${told.src.address} says: ${words.join('; ')}.`,
			evidence: inOrder(
				evidenceOf(told, 'the words of the server', first),
				...rest.map((text) => evidenceOf(told, 'the words of the server', text)),
			),
		};
	},
});

/** Empty where the answer is a success, or says nothing beyond its code. */
function wordsOf(final: Observed<SipResponse>): readonly string[] {
	const { statusCode, reasonPhrase } = final.message;
	if (statusCode < 300) return [];
	const usual = registeredStatus(statusCode)?.phrase;
	const isUsual = usual === undefined || reasonPhrase.toLowerCase() === usual.toLowerCase();
	const phrase = isUsual || reasonPhrase === '' ? [] : [describeStatus(final)];
	return [...phrase, ...serverWords(final.message)];
}
