import { describeStatus, lastFinal } from '../../registration/attempt-facts.js';
import { type OtherSender, otherSender } from '../../registration/other-sender.js';
import {
	namedContactLimit,
	namesTooLarge,
	namesUnservedDomain,
} from '../../registration/refusal-words.js';
import type { Registration } from '../../registration/registration.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'third-party-registration',
	severity: 'fatal',
	title: 'The phone registers somebody else than it says to be, and the server forbids it',
	references: ['RFC 3261 §10.2', 'RFC 3261 §10.3'],
	explanation: {
		means:
			'To says who is registered, From who registers. They are equal unless one registers for another, and a registrar has to ask whether that is allowed (RFC 3261 §10.3 step 4). Here they differ and the answer is 403.',
		causes: [
			'Number and account name were entered in the wrong fields (display number, caller number, user).',
			'An SBC or a script rewrites only one of From and To.',
		],
		confirm: 'Compare the URIs of From and To in the REGISTER.',
		lookAlikes: [
			'The display name may differ, that is no matter.',
			'A server that allows it registers such phones every day.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Enter the same user and domain for From and To: one account, one name.',
		},
		{ who: 'sbc', what: 'Rewrite From and To of a REGISTER alike.' },
	],
	check({ attempt, registration }) {
		const final = lastFinal(attempt);
		const request = attempt.transactions.at(-1)?.phone.request;
		if (final?.message.statusCode !== 403 || request === undefined || request.cut) return SILENT;
		const differing = otherSender(request.message);
		if (differing === undefined || wasAccepted(differing, registration)) return SILENT;
		const { message } = final;
		const saysOther =
			namesUnservedDomain(message) || namesTooLarge(message) || namedContactLimit(message);
		return {
			kind: 'fires',
			confidence: saysOther ? 'possible' : 'likely',
			summary: `From is ${differing.from}, To is ${differing.to}, and the server answers ${describeStatus(final)}.`,
			evidence: inOrder(
				evidenceOf(request, 'From', differing.from),
				evidenceOf(request, 'To', differing.to),
				evidenceOf(final, 'Status', describeStatus(final)),
			),
		};
	},
});

function wasAccepted({ from }: OtherSender, { attempts }: Registration): boolean {
	return attempts.some(
		({ outcome, transactions }) =>
			outcome === 'registered' &&
			transactions.some(({ phone }) => otherSender(phone.request.message)?.from === from),
	);
}
