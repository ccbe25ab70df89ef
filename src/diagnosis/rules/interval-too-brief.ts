import { parsedValue } from '../../bytes/parsed-value.js';
import { describeStatus, lastFinal } from '../../registration/attempt-facts.js';
import { CHALLENGE_PATIENCE_MS } from '../../registration/outcome.js';
import { requestedExpires } from '../../registration/register-request.js';
import { readMinExpires } from '../../sip/headers/min-expires.js';
import { elapsedMs } from '../../time/instant.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'interval-too-brief',
	severity: 'fatal',
	title: 'The expiry asked for is too short, and the phone does not come back with a longer one',
	references: ['RFC 3261 §10.2.8', 'RFC 3261 §10.3', 'RFC 3261 §21.4.17'],
	explanation: {
		means:
			'The registrar answers 423 and names its minimum in Min-Expires. A phone must repeat the REGISTER with at least that; this one does not.',
		causes: [
			'The registration interval on the phone is below the minimum of the registrar, often shortened to keep a NAT open. A shorter Expires is no keep-alive: NATs forget UDP within 30 to 180 s, and STUN or CRLF every 25 s is made for that.',
			'The phone does not know 423, or repeats its own interval.',
			'The registrar sends no Min-Expires, so that the phone cannot know what to ask for.',
		],
		confirm:
			'Compare the Expires (or the expires of the Contact) in the REGISTER with Min-Expires in the 423.',
		lookAlikes: [
			'A 423 that is followed by a REGISTER with the minimum and a 200 is healthy.',
			'A registrar that grants a shorter time than was asked answers 200, not 423.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Set the registration interval to at least the Min-Expires of the registrar.',
		},
		{ who: 'registrar', what: 'Lower the minimum, and always send Min-Expires with a 423.' },
	],
	check({ attempt, observedUntil }) {
		const final = lastFinal(attempt);
		const request = attempt.transactions.at(-1)?.phone.request;
		if (
			final?.message.statusCode !== 423 ||
			request === undefined ||
			attempt.outcome !== 'rejected'
		)
			return SILENT;
		const cameBack = attempt.transactions
			.slice(0, -1)
			.some(({ phone }) => phone.final?.message.statusCode === 423);
		const waited = elapsedMs(final.at, observedUntil);
		const asked = requestedExpires(request.message);
		const minimum = parsedValue(readMinExpires(final.message));
		const askedText = asked === undefined ? 'no expiry' : `${asked} s`;
		const minimumText =
			minimum === undefined ? 'and names no Min-Expires' : `and wants at least ${minimum} s`;
		return {
			kind: 'fires',
			confidence: cameBack || waited >= CHALLENGE_PATIENCE_MS ? 'proven' : 'likely',
			summary: `The phone asks for ${askedText}, the registrar answers ${describeStatus(final)} ${minimumText}, and no REGISTER with more follows.`,
			evidence: inOrder(
				evidenceOf(request, 'Expires', askedText),
				evidenceOf(final, 'Min-Expires', minimum === undefined ? 'missing' : `${minimum} s`),
			),
			...(minimum === undefined
				? {}
				: {
						fix: [
							{
								who: 'phone' as const,
								what: `Set the registration interval to ${minimum} s or more.`,
							},
						],
					}),
		};
	},
});
