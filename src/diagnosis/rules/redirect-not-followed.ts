import { describeStatus, lastFinal } from '../../registration/attempt-facts.js';
import { contactsOf } from '../../registration/register-request.js';
import type { Attempt } from '../../registration/registration.js';
import type { SipResponse } from '../../sip/message.js';
import { formatUri } from '../../sip/uri.js';
import type { Observed } from '../../trace/observed.js';
import { evidenceOf, inOrder } from '../evidence.js';
import type { Confidence } from '../finding.js';
import { defineRule, SILENT, type Subject } from '../rule.js';

export default defineRule({
	id: 'redirect-not-followed',
	severity: 'fatal',
	title: 'The server sends the phone elsewhere, and the phone does not register there',
	references: ['RFC 3261 §8.1.3.4', 'RFC 3261 §10.2.7', 'RFC 3261 §21.3'],
	explanation: {
		means:
			'A 3xx names in its Contact where to register instead. The phone has to send the same REGISTER there; nothing of it is seen, or it is only redirected again.',
		causes: [
			'The phone does not follow redirects of REGISTER, or this is switched off.',
			'The redirect names no Contact, or one that the phone cannot resolve or reach.',
			'Two servers redirect to each other.',
		],
		confirm:
			'In a capture at the phone look for DNS queries and packets to the host of the Contact; enter that host on the phone by hand.',
		lookAlikes: [
			'A capture on the redirecting server does not see what the phone sends to the other one.',
			'A capture that ends within seconds of the 3xx shows nothing yet.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Allow redirects, or enter the server that the Contact names as registrar.',
		},
		{ who: 'provider', what: 'Redirect to a host that the phone can resolve and reach.' },
	],
	check(subject) {
		const { attempt } = subject;
		const final = lastFinal(attempt);
		if (attempt.outcome !== 'redirected' || final === undefined) return SILENT;
		const targets = contactsOf(final.message).map(({ uri }) => formatUri(uri));
		const status = `${final.src.address} answers ${describeStatus(final)}`;
		return {
			kind: 'fires',
			confidence: confidenceOf(subject),
			summary: `${status} ${consequence(attempt, final.message)}.`,
			evidence: inOrder(
				evidenceOf(final, 'Contact', targets.length === 0 ? 'none' : targets.join(', ')),
				...earlierRedirects(attempt).map((response) =>
					evidenceOf(response, 'Status', describeStatus(response)),
				),
			),
			...(targets.length > 0
				? {}
				: {
						fix: [
							{
								who: 'provider' as const,
								what: 'Name in the Contact of the 3xx where to register.',
							},
						],
					}),
		};
	},
});

function consequence(attempt: Attempt, message: SipResponse): string {
	const contacts = contactsOf(message);
	if (contacts.length === 0) return 'without a Contact, so that the phone cannot know where to go';
	const targets = contacts.map(({ uri }) => formatUri(uri)).join(' and ');
	const asked = attempt.transactions.map(({ phone }) => phone.server.address);
	if (contacts.some(({ uri }) => uri.host !== undefined && asked.includes(uri.host)))
		return `and points to ${targets}, which was asked already: a loop`;
	return `and points to ${targets}; no REGISTER to it is seen`;
}

function earlierRedirects(attempt: Attempt): readonly Observed<SipResponse>[] {
	return attempt.transactions.slice(0, -1).flatMap(({ phone: { final } }) => {
		const status = final?.message.statusCode ?? 0;
		return final !== undefined && status >= 300 && status < 400 ? [final] : [];
	});
}

/** Only where the phone sends is it seen that nothing went to the other server. */
function confidenceOf({ attempt, vantage }: Subject): Confidence {
	if (vantage.vantage === 'client') return 'proven';
	return earlierRedirects(attempt).length > 0 ? 'strong' : 'likely';
}
