import { formatEndpoint } from '../../net/endpoint.js';
import { describeSends, seconds } from '../../registration/attempt-facts.js';
import { deadTarget } from '../../registration/dead-target.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'dns-dead-target',
	severity: 'degraded',
	title: 'The preferred server of the domain is dead, and the phone is slow to try the next',
	references: ['RFC 3263 §4.3', 'RFC 2782'],
	explanation: {
		means:
			'SRV names several servers. The first does not answer, and the phone goes on trying it for long, or for ever, though a timeout or an ICMP error should send it to the next.',
		causes: [
			'The preferred server is down, and its record was left in the DNS.',
			'The phone has no failover, or it is switched off.',
		],
		confirm: 'Compare the order of the SRV targets with the addresses that the phone tries.',
		lookAlikes: [
			'Where every server is silent it is the path, or a ban, and not the DNS.',
			'A phone may wait 32 s (Timer F) before it calls a server dead.',
		],
	},
	fix: [
		{ who: 'provider', what: 'Mend the preferred server, or take it out of the SRV records.' },
		{ who: 'phone', what: 'Switch on failover between SRV targets.' },
	],
	check({ attempt, registration, observedUntil }) {
		const found = deadTarget(attempt, registration, observedUntil);
		if (found === undefined) return SILENT;
		const { dead, target, next, after } = found;
		const server = formatEndpoint(dead.server);
		const preferred = `${target.host} (${server}), the preferred server of ${target.seen.name}`;
		const sent = evidenceOf(dead.request, 'REGISTER', `${describeSends(dead)} to ${server}`);
		const named = evidenceOf(target.seen, 'DNS', `SRV ${target.seen.name}: ${target.host} first`);
		if (after === undefined) {
			return {
				kind: 'fires',
				confidence: 'strong',
				severity: 'fatal',
				summary: `${preferred}, does not answer, and the phone never tries ${next.host}, which the DNS names as well.`,
				evidence: inOrder(named, sent),
			};
		}
		const waited = seconds(after.delayMs);
		return {
			kind: 'fires',
			confidence: 'strong',
			summary: `${preferred}, does not answer; the phone tried ${formatEndpoint(after.transaction.server)} only ${waited} later.`,
			evidence: inOrder(
				named,
				sent,
				...evidenceIf(after.transaction.request, 'REGISTER', `${waited} later to the next server`),
			),
		};
	},
});
