import { formatEndpoint } from '../../net/endpoint.js';
import { laterBy } from '../../registration/attempt-facts.js';
import { natMapping } from '../../registration/nat-mapping.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'public-address-changed',
	severity: 'degraded',
	title: 'The site got another public address while the phone was registered',
	references: ['RFC 5626 §3.4', 'RFC 3261 §10.2.4'],
	explanation: {
		means:
			'The same phone, from the same address of its own, reaches the server from another public address than before. Until it registered anew, calls went to the old one; filters by address at the provider may refuse the new one.',
		causes: [
			'The provider of the line gives a new address every day, or after a break of the line.',
			'A router with two lines went from the one to the other.',
			'A carrier-grade NAT spreads the flows of one site over several addresses.',
		],
		confirm: 'Compare received= of successive answers with the log of the router.',
		lookAlikes: [
			'A phone that was carried to another network has another address of its own as well.',
			'A capture that holds two sites shows two phones.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Let it register anew when the address changes: a shorter expiry, or keep-alives that notice it.',
		},
		{
			who: 'site-network',
			what: 'Keep the flows of the phones on one line; ask for a fixed address.',
		},
		{ who: 'provider', what: 'Where addresses are filtered, accept those that the site may have.' },
	],
	check({ attempt, registration }) {
		if (attempt !== registration.decisive || attempt.outcome !== 'registered') return SILENT;
		const { addressChanges } = natMapping(registration);
		const change = addressChanges.at(-1);
		if (change === undefined) return SILENT;
		const { before, after, gapMs } = change;
		const more = addressChanges.length - 1;
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `The public address was ${before.outside.address}, and ${laterBy(gapMs)} ${after.outside.address}${more > 0 ? `; it changed ${more} more times before` : ''}.`,
			evidence: inOrder(
				evidenceOf(before.seen, before.field, formatEndpoint(before.outside)),
				evidenceOf(after.seen, after.field, formatEndpoint(after.outside)),
			),
		};
	},
});
