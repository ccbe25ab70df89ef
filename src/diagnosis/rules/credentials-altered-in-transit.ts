import { describeStatus, lastFinal } from '../../registration/attempt-facts.js';
import { isRefused } from '../../registration/outcome.js';
import { passagesOf } from '../../registration/passage.js';
import { placeName } from '../../registration/place.js';
import {
	type RelayedCredentials,
	relayedCredentials,
} from '../../registration/relayed-credentials.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT, type Verdict } from '../rule.js';

export default defineRule({
	id: 'credentials-altered-in-transit',
	severity: 'fatal',
	title: 'The credentials that arrive are not those that the phone sent',
	references: ['RFC 3261 §22.4', 'RFC 3261 §16.6', 'RFC 7616 §3.4'],
	explanation: {
		means:
			'What stands between the phone and the registrar changed the Authorization of a REGISTER or took it away: a middlebox between two captures, or an SBC that passes the challenge of the registrar on and not the answer to it. The registrar checks other credentials than the phone computed, so that no password can be right.',
		causes: [
			'A SIP ALG or a firewall with SIP inspection rewrites addresses and names also within the credentials.',
			'A security gateway removes header fields that it does not know or that are too long.',
			'A header rule of an SBC that removes or rewrites Authorization on the way to the registrar.',
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
		const relayed = relayedCredentials(attempt);
		if (relayed !== undefined) return byProxy(relayed);
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
			summary: `Between ${placeName(from)} and ${placeName(to)} ${first.after === 'absent' && others.length === 0 ? `${names} was taken out of the REGISTER` : `${names} changed: ${first.before} left, ${first.after} arrived`}.`,
			evidence: inOrder(
				evidenceOf(before.request, `${first.field} sent`, first.before),
				evidenceOf(after.request, `${first.field} received`, first.after),
				...evidenceIf(final, 'Status', final === undefined ? '' : describeStatus(final)),
			),
		};
	},
});

function byProxy({ before, after, changes, challenge, final }: RelayedCredentials): Verdict {
	const [first] = changes;
	const how =
		first.after === 'absent'
			? 'without its credentials'
			: `with another ${changes.map(({ field }) => field).join(', ')}`;
	const status = describeStatus(final);
	return {
		kind: 'fires',
		confidence: 'proven',
		summary: `On the leg SBC ${after.src.address} → registrar ${after.dst.address} the REGISTER is passed on ${how}, although they answer the challenge of ${after.dst.address}, which says ${status}.`,
		evidence: inOrder(
			evidenceOf(challenge, 'challenge', `of ${challenge.src.address}`),
			evidenceOf(before, `${first.field} received`, first.before),
			evidenceOf(after, `${first.field} passed on`, first.after),
			evidenceOf(final, 'Status', status),
		),
		fix: [
			{
				who: 'sbc',
				what: 'Pass Authorization on unchanged to the registrar that asks for it, or challenge the phones there and trust the SBC at the registrar.',
			},
		],
	};
}
