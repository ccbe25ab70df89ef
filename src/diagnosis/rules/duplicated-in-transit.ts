import { describeStatus } from '../../registration/attempt-facts.js';
import { type DoubledPacket, doubledPackets } from '../../registration/doubled-packets.js';
import { placeName } from '../../registration/place.js';
import type { SipMessage } from '../../sip/message.js';
import type { Observed } from '../../trace/observed.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

/** Fewer messages on a way say little about whether it doubles, or the capture. */
const MANY = 4;

export default defineRule({
	id: 'duplicated-in-transit',
	severity: 'info',
	title: 'A message is sent once and arrives twice',
	references: ['RFC 3261 §17.2.2', 'RFC 7616 §3.3'],
	explanation: {
		means:
			'Two captures of the same time: the one shows a message once, the other the very same packet twice within a few hundred milliseconds, while other messages arrive once. Something between the two places copies packets. SIP takes the second one for a repetition; a registrar that counts the uses of a nonce may take it for a replay and refuse it.',
		causes: [
			'A loop in the switches, or two bridges that both forward.',
			'A link aggregation or a redundant firewall pair that sends on both ways.',
			'A wireless bridge that repeats what was not acknowledged in time.',
		],
		confirm:
			'Ping from the one place to the other: duplicates are named by ping ("DUP!"). Capture on each link between.',
		lookAlikes: [
			'A phone that repeats its REGISTER sends the copies itself, half a second and more apart: both places show them.',
			'A capture on several interfaces or on a mirror port shows every packet twice.',
		],
	},
	fix: [
		{
			who: 'site-network',
			what: 'Look for a loop or a second way between the two places: spanning tree, link aggregation, redundant firewalls.',
		},
	],
	check({ attempt, registration, places }) {
		if (places.length < 2) return SILENT;
		const all = doubledPackets(registration, places);
		const own = all.filter(({ transaction }) => attempt.transactions.includes(transaction));
		const disputed = own.find((one) => otherAnswer(one) !== undefined);
		const told = disputed ?? own[0];
		if (told === undefined) return SILENT;
		const { from, to, sent, arrived, sentTimes, arrivedTimes, transaction } = told;
		const second = disputed && otherAnswer(disputed);
		const first = transaction.phone.final;
		const others = all.length > 1 ? ` (and ${all.length - 1} more)` : '';
		const harm =
			second === undefined || first === undefined
				? ''
				: `; the copies are answered ${describeStatus(first)} and ${describeStatus(second)}`;
		return {
			kind: 'fires',
			confidence: registration.messages.length >= MANY * 2 ? 'strong' : 'likely',
			...(second === undefined ? {} : { severity: 'degraded' as const }),
			summary: `${nameOf(sent)} is sent ${times(sentTimes)} in ${placeName(from)} and arrives ${times(arrivedTimes)} in ${placeName(to)}${others}: something between the two doubles packets${harm}.`,
			evidence: inOrder(
				evidenceOf(sent, nameOf(sent), `${times(sentTimes)}, in ${placeName(from)}`),
				evidenceOf(arrived, nameOf(arrived), `${times(arrivedTimes)}, ${framesOf(arrived)}`),
				...evidenceIf(
					second,
					'Status',
					second === undefined ? '' : `${describeStatus(second)}, to the other copy`,
				),
			),
		};
	},
});

/** A final answer unlike the first one, to one and the same request. */
function otherAnswer({ transaction: { hops } }: DoubledPacket) {
	for (const { final, responses } of hops) {
		const other = responses.find(
			({ message }) =>
				message.statusCode >= 200 && message.statusCode !== final?.message.statusCode,
		);
		if (other !== undefined) return other;
	}
	return undefined;
}

function nameOf({ message }: Observed<SipMessage>): string {
	if (message.kind === 'request') return message.method;
	return `${message.statusCode} ${message.reasonPhrase}`.trim();
}

function times(count: number): string {
	return count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`;
}

function framesOf({ frames, source }: Observed<SipMessage>): string {
	return frames.length > 1
		? `frames ${frames.slice(0, 4).join(', ')} of ${source}`
		: `in ${source}`;
}
