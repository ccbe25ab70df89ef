import { describeStatus, lastFinal, serverWords } from '../../registration/attempt-facts.js';
import { howCut } from '../../registration/how-cut.js';
import { requestFaults } from '../../registration/request-faults.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

/** More faults than this tell nothing more. */
const MAX_FAULTS = 5;

export default defineRule({
	id: 'bad-request',
	severity: 'fatal',
	title: 'The server cannot make sense of the REGISTER',
	references: ['RFC 3261 §21.4.1', 'RFC 3261 §8.1.1', 'RFC 3261 §10.3'],
	explanation: {
		means:
			'400 Bad Request: the syntax of the message, or what it asks for, is against the rules of the server. Nobody looked at the password. Where a fault can be seen in the REGISTER it is named; otherwise only the words of the server tell.',
		causes: [
			'The phone writes a header field wrongly, or leaves a mandatory one out.',
			'A router with a SIP ALG damaged the message on its way.',
			'A field of the account holds blanks or characters that do not belong into a URI.',
			'Contact * without Expires: 0, or a CSeq that went backwards.',
		],
		confirm:
			'Compare the REGISTER at the phone with the same one at the server: a fault that is only there was made on the way. Read reason phrase, Warning and P-Registrar-Error.',
		lookAlikes: [
			'CRLF before the message is a keep-alive, and octets behind the body are to be dropped: both are legal.',
			'A message that the snaplen cut looks as if header fields were missing.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Correct the account data (blanks, special characters); update firmware.',
		},
		{ who: 'site-network', what: 'Switch the SIP ALG off.' },
		{ who: 'registrar', what: 'Say in the log or in a Warning what is wrong with the REGISTER.' },
	],
	check({ attempt }) {
		const final = lastFinal(attempt);
		const request = attempt.transactions.at(-1)?.phone.request;
		if (final?.message.statusCode !== 400 || request === undefined) return SILENT;
		const faults = requestFaults(request).slice(0, MAX_FAULTS);
		const nothing = request.cut
			? `${howCut(request, 'the REGISTER')}, so its faults cannot be seen`
			: 'no fault is seen in the REGISTER';
		const words = serverWords(final.message).join('; ');
		const says = words !== '' || !isStockPhrase(final.message.reasonPhrase);
		const answer = `${describeStatus(final)}${words === '' ? '' : ` (${words})`}`;
		return {
			kind: 'fires',
			confidence: faults.length > 0 || says ? 'strong' : 'likely',
			summary: `${final.src.address} answers ${answer}; ${
				faults.length === 0 ? nothing : `in the REGISTER ${faults.join(', ')}`
			}.`,
			evidence: inOrder(
				evidenceOf(final, 'Status', answer),
				...(faults.length === 0 ? [nothing] : faults).map((fault) =>
					evidenceOf(request, 'REGISTER', fault),
				),
			),
		};
	},
});

function isStockPhrase(phrase: string): boolean {
	return /^\s*(?:bad request)?\s*$/i.test(phrase);
}
