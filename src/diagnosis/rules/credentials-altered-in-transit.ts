import { describeStatus, lastFinal } from '../../registration/attempt-facts.js';
import { isRefused } from '../../registration/outcome.js';
import { passagesOf } from '../../registration/passage.js';
import { placeName } from '../../registration/place.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'credentials-altered-in-transit',
	severity: 'fatal',
	title: 'The credentials that arrive are not those that the phone sent',
	references: ['RFC 3261 §22.4', 'RFC 3261 §16.6', 'RFC 7616 §3.4'],
	explanation: {
		means:
			'Two captures show one REGISTER, and what stands between them changed its Authorization or took it away, without being a proxy. The registrar checks other credentials than the phone computed, so that no password can be right.',
		causes: [
			'A SIP ALG or a firewall with SIP inspection rewrites addresses and names also within the credentials.',
			'A security gateway removes header fields that it does not know or that are too long.',
		],
		confirm:
			'Compare the Authorization header of the same REGISTER in both captures, or send it over TLS, where nobody can change it.',
		lookAlikes: [
			'An SBC that authenticates the phone itself, or registers with an account of its own: it shows itself by its Via.',
			'Proxy-Authorization is for a proxy on the way, which may keep it (RFC 3261 §22.3).',
			'Credentials that are wrong already where the phone sends them: see wrong-password.',
		],
	},
	fix: [
		{
			who: 'site-network',
			what: 'Switch SIP ALG and SIP inspection off in what stands between the two places.',
		},
		{ who: 'phone', what: 'Use TLS: then nobody on the way can change a header field.' },
	],
	check({ attempt, places }) {
		if (!isRefused(attempt.outcome)) return SILENT;
		const altered = attempt.transactions
			.flatMap((transaction) => passagesOf(transaction, places))
			.findLast(({ change }) => change.credentials.length > 0);
		const [first, ...others] = altered?.change.credentials ?? [];
		if (altered === undefined || first === undefined) return SILENT;
		const { from, to, before, after } = altered;
		const final = lastFinal(attempt);
		const names = [first, ...others].map(({ field }) => field).join(', ');
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `Between ${placeName(from)} and ${placeName(to)} ${names} changed: ${first.before} left, ${first.after} arrived.`,
			evidence: inOrder(
				evidenceOf(before.request, `${first.field} sent`, first.before),
				evidenceOf(after.request, `${first.field} received`, first.after),
				...evidenceIf(final, 'Status', final === undefined ? '' : describeStatus(final)),
			),
		};
	},
});
