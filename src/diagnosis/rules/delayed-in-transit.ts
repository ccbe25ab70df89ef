import { describeStatus, seconds } from '../../registration/attempt-facts.js';
import { isFailed } from '../../registration/outcome.js';
import { placeName } from '../../registration/place.js';
import { type LateTransit, lateTransits } from '../../registration/transit.js';
import { sentTimes } from '../../transaction/client-transaction.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'delayed-in-transit',
	severity: 'info',
	title: 'A REGISTER or its answer is held up between two places',
	references: ['RFC 3261 §17.1.2.2'],
	explanation: {
		means:
			'Two captures show the same REGISTER and the same answer, and the nearer place waits at least half a second longer than the farther one: that time was spent between the two. The phone repeats itself meanwhile, as if packets had been lost, and the server is not slow.',
		causes: [
			'A full queue: an upload or backup that fills the uplink of the site.',
			'Wireless, a mobile network or a power-saving link that wakes up late.',
			'A firewall that inspects or resolves something before it lets the first packet of a flow through.',
		],
		confirm:
			'Ping the far place from the near one for some minutes and look at the longest times, with and without load on the line.',
		lookAlikes: [
			'Clocks that differ or drift: times are compared there and back, which needs no common clock.',
			'A lost copy that the next one replaced: then one place shows more copies than the other.',
			'A capture that writes packets late: the phone would not have repeated itself.',
			'A server that takes its time: see server-slow.',
		],
	},
	fix: [
		{
			who: 'site-network',
			what: 'Look for what fills or holds up the line between the two places at that time; give SIP its own queue.',
		},
	],
	check({ attempt, registration, places }) {
		if (places.length < 2) return SILENT;
		const all = lateTransits(registration, places);
		const own = attempt.transactions.flatMap(({ hops }) =>
			all.filter(({ passage }) => hops.includes(passage.before)),
		);
		const [first] = own;
		if (first === undefined) return SILENT;
		const worst = own.reduce((most, one) => (one.lateMs > most.lateMs ? one : most), first);
		const { before, after } = worst.passage;
		const isHarm = all.length > 1 || isFailed(attempt.outcome);
		return {
			kind: 'fires',
			confidence: worst.usualMs === undefined ? 'strong' : 'proven',
			...(isHarm ? { severity: 'degraded' as const } : {}),
			summary: `${summaryOf(worst)}${all.length > 1 ? ` (${all.length} times in all)` : ''}.`,
			evidence: inOrder(
				evidenceOf(before.request, 'REGISTER', `leaves, in ${placeName(worst.passage.from)}`),
				evidenceOf(after.request, 'REGISTER', `arrives, in ${placeName(worst.passage.to)}`),
				...evidenceIf(after.final, 'Status', `leaves, in ${placeName(worst.passage.to)}`),
				...evidenceIf(before.final, 'Status', `arrives, in ${placeName(worst.passage.from)}`),
			),
		};
	},
});

function summaryOf({ passage, late, lateMs, usualMs }: LateTransit): string {
	const { before, from, to } = passage;
	const answer = before.final === undefined ? 'answer' : describeStatus(before.final);
	const usual =
		usualMs === undefined ? '' : `, where others take ${seconds(usualMs)} there and back`;
	const copies = sentTimes(before);
	const meanwhile =
		copies === 1
			? ''
			: `; the REGISTER was sent again ${copies === 2 ? 'once' : `${copies - 1} times`} meanwhile`;
	const [near, far] = [placeName(from), placeName(to)];
	const time = seconds(lateMs);
	if (late === 'request')
		return `The REGISTER was held up for ${time} between ${near} and ${far}${usual}${meanwhile}`;
	if (late === 'response')
		return `The ${answer} was held up for ${time} between ${far} and ${near}${usual}${meanwhile}`;
	return `REGISTER and ${answer} spent ${time} on the way between ${near} and ${far}${usual}${meanwhile}`;
}
