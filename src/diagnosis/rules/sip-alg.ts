import { type HopRewriting, rewritingBetweenHops } from '../../registration/hop-rewriting.js';
import { outsideAddress } from '../../registration/outside-address.js';
import { type Passage, passagesOf } from '../../registration/passage.js';
import { placeName } from '../../registration/place.js';
import { type Rewriting, rewritingsSeenByPhone } from '../../registration/response-echo.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { CONFIDENCES } from '../finding.js';
import { defineRule, SILENT, type Verdict } from '../rule.js';

export default defineRule({
	id: 'sip-alg',
	severity: 'degraded',
	title: 'A middlebox that is no proxy rewrites SIP (SIP ALG)',
	references: ['RFC 3261 §8.2.6.2', 'RFC 3581 §4', 'RFC 3261 §18.2.1'],
	explanation: {
		means:
			'A response must echo Via, From, To, Call-ID and CSeq of the request as they were sent. What comes back differs in a way that only a router which edits SIP on its way explains: a SIP application layer gateway.',
		causes: [
			'"SIP ALG", "SIP helper", "SIP transformations" or "SIP inspection" is switched on in a router or firewall of the site.',
		],
		confirm:
			'Send the same REGISTER over TLS, or to another port than 5060: there the headers come back unchanged. Or capture on both sides of the router and compare.',
		lookAlikes: [
			'An SBC or proxy adds its own Via and may change the Contact: it is no ALG.',
			'A registrar in the same private network, over a VPN or a routed voice network, rightly writes received= with the private address: on its own, without anything that shows a NAT, that is no proof.',
			'A registrar that handles NAT may list a public Contact in the 200.',
			'A phone taught by STUN writes public addresses itself.',
		],
	},
	fix: [
		{
			who: 'site-network',
			what: 'Switch the SIP ALG off in router and firewall (MikroTik: /ip firewall service-port disable sip; FortiGate: delete the sip session-helper; Cisco: no ip nat service sip udp port 5060; others: "SIP ALG" under NAT or WAN).',
		},
		{
			who: 'phone',
			what: 'Where it cannot be switched off: TLS, or another port of the server than 5060.',
		},
	],
	check(subject) {
		const { attempt, vantage, places } = subject;
		const edited = attempt.transactions
			.flatMap((transaction) => passagesOf(transaction, places))
			.find(({ change }) => change.by === 'alg' && change.changes.length > 0);
		if (edited !== undefined) return betweenPlaces(edited);
		const between = attempt.transactions.map(rewritingBetweenHops).find((one) => one !== undefined);
		if (between !== undefined && between.changes.length > 0) return seenOnBothSides(between);
		const outside = outsideAddress(subject.registration, subject.index);
		const seen = attempt.transactions.flatMap(({ phone }) =>
			rewritingsSeenByPhone(phone, vantage.vantage, outside),
		);
		// Every response shows the same; the surest of each field is evidence enough.
		const surest = seen.toSorted((a, b) => sureness(a) - sureness(b));
		const distinct = surest.filter(
			({ field }, index) => surest.findIndex((other) => other.field === field) === index,
		);
		const main = distinct[0];
		if (main === undefined) return SILENT;
		const evidence = ({ response, field, text }: Rewriting) => evidenceOf(response, field, text);
		const doubt =
			main.confidence === 'likely'
				? ' (or, rarely, reaches it without any NAT, over a VPN or a voice network)'
				: '';
		return {
			kind: 'fires',
			confidence: main.confidence,
			summary: `${main.text}: a router between phone and server rewrites SIP${doubt}.`,
			evidence: inOrder(evidence(main), ...distinct.filter((one) => one !== main).map(evidence)),
		};
	},
});

/** Differences told; an ALG edits a handful. */
const MAX_CHANGES = 8;

/** Two captures: what left the one is not what arrived at the other, and nobody signed for it. */
function betweenPlaces({ from, to, before, after, change }: Passage): Verdict {
	const [first] = change.changes;
	if (first === undefined) return SILENT;
	const told = change.changes.slice(0, MAX_CHANGES);
	const evidence = told.flatMap(({ field, before: was, after: is }) => [
		evidenceOf(before.request, `${field} sent`, was),
		evidenceOf(after.request, `${field} received`, is),
	]);
	const [one, ...others] = evidence;
	const fields = [...new Set(change.changes.map(({ field }) => field))].join(', ');
	return {
		kind: 'fires',
		confidence: 'proven',
		summary: `Between ${placeName(from)} and ${placeName(to)} somebody who is no proxy changed ${fields}: ${first.field} left as ${first.before} and arrived as ${first.after}.`,
		// Not in order of time: what was sent stands beside what came of it.
		evidence: [one ?? evidenceOf(before.request, first.field, first.before), ...others],
	};
}

function sureness({ confidence }: Rewriting): number {
	return CONFIDENCES.indexOf(confidence);
}

function seenOnBothSides({ before, after, changes }: HopRewriting): Verdict {
	const first = changes[0];
	if (first === undefined) return SILENT;
	return {
		kind: 'fires',
		confidence: 'proven',
		summary: `Between ${before.src.address} and ${after.dst.address} the REGISTER was rewritten by a box that adds no Via: ${changes.map(({ field, text }) => `${field} ${text}`).join('; ')}.`,
		evidence: inOrder(
			evidenceOf(before, 'REGISTER', 'as the phone sent it'),
			...changes.map(({ field, text }) => evidenceOf(after, field, text)),
		),
	};
}
