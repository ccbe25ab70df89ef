import { formatEndpoint } from '../../net/endpoint.js';
import { describeSends, lastTransaction } from '../../registration/attempt-facts.js';
import {
	type LostRequest,
	lostRequest,
	unansweredInARow,
} from '../../registration/between-places.js';
import { hopsAt, placeName } from '../../registration/place.js';
import type { SipRequest } from '../../sip/message.js';
import type { Observed } from '../../trace/observed.js';
import { type ClientTransaction, sentTimes } from '../../transaction/client-transaction.js';
import { evidenceOf, inOrder } from '../evidence.js';
import type { Confidence, Fix } from '../finding.js';
import { defineRule, SILENT } from '../rule.js';

/** Fewer may be loss that the next copy mends (knowledge B2: 3 of 3 is blocking). */
const MINIMUM_COPIES = 3;

export default defineRule({
	id: 'request-lost',
	severity: 'fatal',
	title: 'The REGISTER leaves the phone and never arrives at the other place',
	references: ['RFC 3261 §17.1.2.2', 'RFC 3261 §18.1.1'],
	explanation: {
		means:
			'Two captures of the same time: the one shows the REGISTER again and again, the other, further on its way, not a single copy of it. What stands between the two drops it, and no answer could come.',
		causes: [
			'A firewall between the two places drops UDP or TCP to the port of the server.',
			'A SIP ALG swallows the message, or a rate limit or an intrusion prevention does.',
			'A route leads elsewhere: the packets go another way than past the second place.',
		],
		confirm:
			'Look at the drop counters of what stands between the two places, or capture on both sides of each device until the copies vanish.',
		lookAlikes: [
			'A capture that began later, ended earlier or filtered the packets out shows nothing, though nothing was lost.',
			'A second capture that is not on the way of this phone never shows its REGISTERs.',
			'Of large REGISTERs only the fragments may be dropped: see fragment-lost.',
		],
	},
	fix: [
		{
			who: 'site-network',
			what: 'Find and change the rule that drops SIP to the server between the two places; nothing has to be opened inbound.',
		},
	],
	check({ attempt, registration, places }) {
		const transaction = lastTransaction(attempt);
		if (places.length === 0 || transaction === undefined) return SILENT;
		if (attempt.outcome !== 'unanswered' || transaction.phone.responses.length > 0) return SILENT;
		// The other capture may have ended before the last one was sent.
		const all = unansweredInARow(registration, attempt);
		const found = [transaction, ...all].flatMap((one) => {
			const lost = lostRequest(one, registration, places);
			return lost === undefined ? [] : [{ one, lost }];
		})[0];
		if (found === undefined) {
			const last = places.at(-1);
			const isThere = last !== undefined && hopsAt(transaction.hops, last).length > 0;
			return isThere ? SILENT : CANNOT_TELL;
		}
		const { lost } = found;
		const { hop, seenAt, missingAt, sends } = lost;
		const others = all
			.filter((one) => one !== found.one)
			.flatMap((one) => lostRequest(one, registration, places) ?? [])
			.filter((one) => one.missingAt === missingAt);
		const copies = others.reduce((count, one) => count + one.sends.length, sends.length);
		// Over TCP the kernel sends it again and again, in the half minute that nobody answers.
		if (hop.transport === 'udp' && copies < MINIMUM_COPIES) return SILENT;
		const last = sends.at(-1) ?? sends[0];
		const [first] = sends;
		return {
			kind: 'fires',
			confidence: CONFIDENCE[lost.because],
			summary: `${placeName(seenAt)} shows the REGISTER ${describeSends({ ...hop, sends })} to ${formatEndpoint(hop.server)}${
				others.length === 0 ? '' : ` (and ${others.length} before it)`
			}; in ${placeName(missingAt)} ${WHY[lost.because]}: it is lost between the two.`,
			evidence: inOrder(
				evidenceOf(first, 'REGISTER', `to ${formatEndpoint(hop.server)}, in ${placeName(seenAt)}`),
				...(last === first
					? []
					: [evidenceOf(last, 'REGISTER', `copy ${copyNumber(hop, last)}, still no answer`)]),
			),
			fix: fixFor(lost),
		};
	},
});

function copyNumber(hop: ClientTransaction, copy: Observed<SipRequest>): number {
	return copy === hop.sends.at(-1) ? sentTimes(hop) : hop.sends.indexOf(copy) + 1;
}

const CONFIDENCE: Readonly<Record<LostRequest['because'], Confidence>> = {
	shared: 'proven',
	'server-seen': 'strong',
	empty: 'likely',
};

const WHY: Readonly<Record<LostRequest['because'], string>> = {
	shared: 'other REGISTERs of this phone arrive, and of these not one',
	'server-seen': 'not one of them arrives at that time',
	empty: 'there is not a single packet',
};

const CANNOT_TELL = {
	kind: 'cannot-tell',
	because: 'no other capture was taken on the way of this REGISTER, at the same time',
	decidedBy: 'a capture at the server while the phone sends',
} as const;

/** The rule that would explain it, in the words of a firewall. */
function fixFor({ hop, seenAt, missingAt }: LostRequest): readonly Fix[] {
	const { transport, client, server } = hop;
	const protocol = transport === 'udp' ? 'UDP' : 'TCP';
	return [
		{
			who: 'site-network',
			what: `Between ${placeName(seenAt)} and ${placeName(missingAt)} look for a rule that drops ${protocol} from ${client.address} to ${server.address} port ${server.port}, such as "drop ${protocol.toLowerCase()} destination ${server.address} port ${server.port}", and allow it outbound with its answers.`,
		},
		{
			who: 'provider',
			what: `Look for ${client.address}, or the public address it is translated to, among bans and filters in front of the server.`,
		},
	];
}
