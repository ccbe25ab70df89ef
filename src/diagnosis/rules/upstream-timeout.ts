import { describeStatus, lastFinal, seconds } from '../../registration/attempt-facts.js';
import { T1_MS } from '../../sip/transaction-timers.js';
import { elapsedMs } from '../../time/instant.js';
import { sentTimes } from '../../transaction/client-transaction.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'upstream-timeout',
	severity: 'fatal',
	title: 'A proxy or SBC got no answer from the registrar behind it',
	references: ['RFC 3261 §16.8', 'RFC 3261 §21.4.9', 'RFC 3261 §21.5.5'],
	explanation: {
		means:
			'A 408 or 504 came over the wire. The phone reached a proxy or SBC, and that waited for the registrar in vain. Nothing at the site is wrong.',
		causes: [
			'The registrar behind the proxy is down, overloaded or unreachable from it.',
			'The proxy routes to a wrong address.',
			'A firewall between proxy and registrar.',
		],
		confirm:
			'In the capture the 408 has a frame and comes from the server. A capture at the proxy shows its own REGISTER without answer.',
		lookAlikes: [
			'The 408 on the display of a phone is often its own timer: then no 408 is in the capture, and silence is the finding.',
			'A 503 says that the proxy knows the registrar to be down.',
		],
	},
	fix: [
		{
			who: 'provider',
			what: 'Mend the way from the proxy or SBC to the registrar, or the registrar itself.',
		},
		{
			who: 'sbc',
			what: 'Check the next hop of REGISTER and its reachability; fail over to a second registrar.',
		},
	],
	check({ attempt }) {
		const final = lastFinal(attempt);
		const transaction = attempt.transactions.at(-1);
		if (final === undefined || transaction === undefined) return SILENT;
		if (![408, 504].includes(final.message.statusCode)) return SILENT;
		const { request, server, responses } = transaction.phone;
		const waitedMs = elapsedMs(request.at, final.at);
		const waited = seconds(waitedMs);
		const provisional = responses.find(({ message }) => message.statusCode < 200);
		// Both sides of a NAT are legs to the same server; only a leg to another one goes on behind it.
		const beyond = transaction.hops.filter((hop) => hop.server.address !== server.address);
		const silent = beyond.find((hop) => hop.final === undefined);
		const behind = silent ?? beyond[0];
		const hasWaited = waitedMs >= T1_MS || behind !== undefined || provisional !== undefined;
		const isSure = silent === undefined ? 'strong' : 'proven';
		return {
			kind: 'fires',
			confidence: hasWaited ? isSure : 'possible',
			summary: hasWaited
				? `${describeStatus(final)} came from ${server.address} ${waited} after the REGISTER: it got no answer from the registrar behind it${behind === undefined ? '' : ` (${behind.server.address})`}.`
				: `${describeStatus(final)} came from ${server.address} at once, sooner than anybody gives up waiting for an answer: it takes the registrar behind it for down, or refuses with this status.`,
			evidence: inOrder(
				evidenceOf(request, 'REGISTER', `to ${server.address}`),
				...evidenceIf(
					provisional,
					'Status',
					provisional === undefined ? '' : describeStatus(provisional),
				),
				...evidenceIf(
					silent?.sends.at(-1),
					'REGISTER relayed',
					`to ${silent?.server.address ?? ''}, ${silent === undefined ? 0 : sentTimes(silent)} times, no final response`,
				),
				evidenceOf(final, 'Status', `${describeStatus(final)} after ${waited}`),
			),
		};
	},
});
