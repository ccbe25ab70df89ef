import { formatEndpoint, sameEndpoint } from '../../net/endpoint.js';
import {
	describeStatus,
	lastTransaction,
	MINIMUM_SENDS_AFTER_FINAL,
} from '../../registration/attempt-facts.js';
import { isFailed } from '../../registration/outcome.js';
import { type Misfit, misfitOf } from '../../registration/response-fit.js';
import type { SipResponse } from '../../sip/message.js';
import { elapsedMs } from '../../time/instant.js';
import type { Observed } from '../../trace/observed.js';
import type { ClientTransaction } from '../../transaction/client-transaction.js';
import { sentTimes } from '../../transaction/client-transaction.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT, type Subject } from '../rule.js';

/** A copy this soon after the answer was on its way when it came. */
const CROSSING_MS = 100;

export default defineRule({
	id: 'response-ignored',
	severity: 'fatal',
	title: 'The answer reaches the phone, which goes on repeating its REGISTER',
	references: ['RFC 3261 §17.1.3', 'RFC 3261 §18.1.2', 'RFC 3261 §8.1.3.3'],
	explanation: {
		means:
			'A response with a final status arrives at the address and port that the REGISTER came from, and the phone sends the same branch again as if nothing had come. It takes the answer for none of its own, or never gets it from its network stack.',
		causes: [
			'A header by which the phone recognises its answer was changed: branch or sent-by of the Via, Call-ID, CSeq, the tag of From.',
			'The response holds more than one Via, so it is not for the phone.',
			'A firewall on the phone or PC drops it after the point of capture.',
		],
		confirm:
			'Compare Via, From, Call-ID and CSeq of REGISTER and answer byte by byte. Where they are equal look at the firewall of the host, and at the log of the phone.',
		lookAlikes: [
			'Captured at the server or on the way it is an answer that was lost further on.',
			'One more copy right after the answer has crossed with it.',
			'An answer to another port than the REGISTER came from never reaches the phone: another finding.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Look at the firewall of the phone or PC; update its firmware; read its log for discarded messages.',
		},
		{
			who: 'site-network',
			what: 'Where a header comes back changed, switch the SIP ALG of the router off.',
		},
	],
	check(subject) {
		const { attempt, vantage } = subject;
		const phone = lastTransaction(attempt)?.phone;
		if (phone?.transport !== 'udp' || !isFailed(attempt.outcome)) return SILENT;
		if (vantage.vantage !== 'client') return SILENT;
		const response = answerOf(phone, subject);
		if (response === undefined) return SILENT;
		const repeated = phone.sends.filter(({ at }) => elapsedMs(response.at, at) > CROSSING_MS);
		if (repeated.length < MINIMUM_SENDS_AFTER_FINAL) return SILENT;
		const misfit = misfitOf(phone.request, response);
		return {
			kind: 'fires',
			confidence: misfit === undefined ? 'strong' : 'proven',
			summary: `${describeStatus(response)} arrived at ${formatEndpoint(phone.client)}, and the phone repeated the same branch ${repeated.length} times${because(misfit)}.`,
			evidence: inOrder(
				evidenceOf(phone.request, 'REGISTER', `from ${formatEndpoint(phone.client)}`),
				evidenceOf(
					response,
					misfit?.field ?? 'Status',
					misfit?.text ?? `${describeStatus(response)} to ${formatEndpoint(response.dst)}`,
				),
				...evidenceIf(repeated.at(-1), 'REGISTER', `same branch again, copy ${sentTimes(phone)}`),
			),
		};
	},
});

/** A final that came the exact way back, or one that fits no REGISTER although it came from this server in this time. */
function answerOf(phone: ClientTransaction, { index }: Subject): Observed<SipResponse> | undefined {
	const { final, client, server, request } = phone;
	if (final !== undefined) {
		return sameEndpoint(final.dst, client) && sameEndpoint(final.src, server) ? final : undefined;
	}
	const last = phone.sends.at(-1) ?? request;
	return index
		.orphansTo(client)
		.find(
			({ src, at, message }) =>
				sameEndpoint(src, server) && message.statusCode >= 200 && at >= request.at && at <= last.at,
		);
}

function because(misfit: Misfit | undefined): string {
	return misfit === undefined
		? ', although nothing in the answer differs from what it sent'
		: `: ${misfit.field} was ${misfit.text}`;
}
