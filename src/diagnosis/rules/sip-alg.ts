import { type Passage, passagesOf } from '../../registration/passage.js';
import { placeName } from '../../registration/place.js';
import { type Rewriting, rewritingsSeenByPhone } from '../../registration/response-echo.js';
import { evidenceOf, inOrder } from '../evidence.js';
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
			'A registrar in the same private network, or over a VPN, rightly writes received= with the private address.',
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
		const edited = subject.attempt.transactions
			.flatMap((transaction) => passagesOf(transaction, subject.places))
			.find(({ change }) => change.by === 'alg' && change.changes.length > 0);
		if (edited !== undefined) return betweenPlaces(edited);
		const seen = subject.attempt.transactions.flatMap(({ phone }) =>
			rewritingsSeenByPhone(phone, subject.vantage.vantage),
		);
		// Every response shows the same; one of each field is evidence enough.
		const distinct = seen.filter(
			({ field }, index) => seen.findIndex((other) => other.field === field) === index,
		);
		const main = distinct.find(({ confidence }) => confidence === 'proven') ?? distinct[0];
		if (main === undefined) return SILENT;
		const evidence = ({ response, field, text }: Rewriting) => evidenceOf(response, field, text);
		return {
			kind: 'fires',
			confidence: main.confidence,
			summary: `${main.text}: a router between phone and server rewrites SIP.`,
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
