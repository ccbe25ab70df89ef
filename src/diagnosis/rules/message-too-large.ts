import { describeStatus, lastFinal, serverWords } from '../../registration/attempt-facts.js';
import { namesTooLarge } from '../../registration/refusal-words.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

/** Request entity, Request-URI and message too large (RFC 3261 §21.4.11, §21.4.12, §21.5.7). */
const STATUS_CODES = [413, 414, 513];

export default defineRule({
	id: 'message-too-large',
	severity: 'fatal',
	title: 'The server finds the REGISTER too large',
	references: ['RFC 3261 §21.5.7', 'RFC 3261 §21.4.11', 'RFC 3261 §18.1.1'],
	explanation: {
		means:
			'513, 413 or 414, or the server says so in words (Kamailio: 403 Message too large). The REGISTER arrived whole, and is longer than the server takes. Account and password were not looked at.',
		causes: [
			'Many or long header fields: Supported and Allow lists, long Contact parameters, Route sets, private headers.',
			'Credentials for several realms, or a very long nonce or opaque, come on top.',
			'A limit on the server that is too low (Kamailio stock configuration: 4096 bytes).',
		],
		confirm:
			'Read the length of the packet in the capture, and send the same with fewer header fields.',
		lookAlikes: [
			'A large REGISTER that is lost on the way gets no answer at all: fragments or MTU.',
			'A 403 with other words is about sender or account.',
		],
	},
	fix: [
		{ who: 'phone', what: 'Switch off what makes the message long; use TCP or TLS.' },
		{ who: 'registrar', what: 'Raise the limit for the length of a message.' },
	],
	check({ attempt }) {
		const final = lastFinal(attempt);
		const request = attempt.transactions.at(-1)?.phone.request;
		if (final === undefined || request === undefined) return SILENT;
		const isCode = STATUS_CODES.includes(final.message.statusCode);
		if (!isCode && !(final.message.statusCode >= 400 && namesTooLarge(final.message)))
			return SILENT;
		const words = serverWords(final.message).join('; ');
		const answer = `${describeStatus(final)}${words === '' ? '' : ` (${words})`}`;
		const size = request.packet.payloadLength;
		return {
			kind: 'fires',
			confidence: isCode ? 'proven' : 'strong',
			summary: `${final.src.address} answers ${answer} to a REGISTER of ${size} bytes.`,
			evidence: inOrder(
				evidenceOf(request, 'length', `${size} bytes`),
				evidenceOf(final, 'Status', answer),
			),
		};
	},
});
