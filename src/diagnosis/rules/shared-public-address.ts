import type { SharedAddress } from '../../registration/shared-address.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineCaptureRule, SILENT } from '../rule.js';

/** Addresses that are named in the sentence, and phones in the evidence. */
const MAX_NAMED = 3;
const MAX_EVIDENCE = 8;

export default defineCaptureRule({
	id: 'shared-public-address',
	severity: 'info',
	title: 'Many phones share one public address',
	references: ['RFC 3581 §4', 'RFC 6888 §3'],
	explanation: {
		means:
			'The phones of a site come from one public address, each from a port of its own that the NAT gives it. That is ordinary. Whatever the server does to that address it does to all of them: a ban, a limit of registrations or of requests, an entry in a list.',
		causes: [
			'A site with one public address.',
			'A carrier-grade NAT, with phones of several customers behind one address.',
		],
		confirm:
			'Compare the private addresses in Via or Contact of those phones: one network is one site.',
		lookAlikes: [
			'An SBC or proxy sends for many phones as well; it shows itself by a Via of its own.',
			'A scanner that makes up names has one place and many of them: see scanner-traffic.',
		],
	},
	fix: [
		{
			who: 'registrar',
			what: 'Count failures and requests by account and not by address alone, and raise limits for this address to its number of phones.',
		},
		{
			who: 'site-network',
			what: 'Keep enough UDP mappings for all phones, and find the one with the wrong password before it bans the others.',
		},
	],
	checkCapture({ sharedAddresses }) {
		const [first, ...others] = sharedAddresses;
		if (first === undefined) return SILENT;
		const more = others.length - (MAX_NAMED - 1);
		return {
			kind: 'fires',
			confidence: 'strong',
			summary: `${[first, ...others].slice(0, MAX_NAMED).map(inWords).join('; ')}${more > 0 ? `; and ${more} more addresses` : ''}.`,
			evidence: inOrder(
				evidenceOf(first.requests[0], 'packet source', first.address),
				...[first, ...others]
					.flatMap(({ requests }) => requests.slice(0, MAX_NAMED))
					.slice(1, MAX_EVIDENCE)
					.map((request) => evidenceOf(request, 'packet source', request.src.address)),
			),
		};
	},
});

function inWords({ address, requests, registered, failed }: SharedAddress): string {
	const outcome = [
		...(registered > 0 ? [`${registered} registered`] : []),
		...(failed > 0 ? [`${failed} not`] : []),
	];
	return `${requests.length} phones come from ${address}${outcome.length === 0 ? '' : ` (${outcome.join(', ')})`}`;
}
