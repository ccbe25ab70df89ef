import { lastTransaction, seconds } from '../../registration/attempt-facts.js';
import { elapsedMs } from '../../time/instant.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';
import { untoldInProbe } from '../untold-socket.js';

/** RFC 1122 §2.3.2.1 has hosts ask once a second; one question without an answer may be a lost packet. */
const MINIMUM_COPIES = 2;

export default defineRule({
	id: 'gateway-unreachable',
	severity: 'fatal',
	title: "The phone's own gateway does not answer: nothing leaves",
	references: ['RFC 826', 'RFC 4861 §7.2.2', 'RFC 1122 §2.3.2.1'],
	explanation: {
		means:
			'The phone asks on its own link for the hardware address of its gateway, or of a server on the same link, and nobody answers. Until then no packet can leave.',
		causes: [
			'The gateway is switched off or has another address than configured.',
			'The phone is in the wrong VLAN, or the switch port is isolated.',
			'A wrong address, mask or gateway on the phone.',
		],
		confirm: 'ping the gateway from the same port of the switch; compare VLAN, address and mask.',
		lookAlikes: [
			'Questions for the address of somebody else are normal on every link.',
			'A gateway that answers a later question was away for a moment.',
		],
	},
	fix: [
		{ who: 'site-network', what: 'Check gateway, cable and VLAN of the switch port.' },
		{ who: 'phone', what: 'Check address, mask and gateway, or what DHCP gave.' },
	],
	check(subject) {
		const untold = untoldInProbe(
			subject,
			'a UDP socket is not told that nobody answers for its gateway',
			"'arp or icmp6'; or ip neigh, which says FAILED",
		);
		if (untold !== undefined) return untold;
		const { attempt, observedUntil } = subject;
		if (attempt.outcome !== 'unanswered' && attempt.outcome !== 'unreachable') return SILENT;
		const last = lastTransaction(attempt)?.phone;
		// Where the server answered the last REGISTER, the way was there.
		if (last !== undefined && last.responses.length > 0) return SILENT;
		const event = attempt.failures.findLast((each) => each.kind === 'neighbour-unanswered');
		if (event?.kind !== 'neighbour-unanswered' || event.copies < MINIMUM_COPIES) return SILENT;
		const { address, asker, copies } = event;
		const protocol = address.includes(':') ? 'Neighbour solicitation' : 'ARP';
		return {
			kind: 'fires',
			confidence: copies > MINIMUM_COPIES ? 'proven' : 'strong',
			summary: `${asker} asked ${copies} times who has ${address}, its next hop, and nobody answered until the capture ended ${seconds(elapsedMs(event.at, observedUntil))} later.`,
			evidence: inOrder(
				evidenceOf(event, protocol, `who has ${address}? ${copies} times, no answer`),
				...evidenceIf(last?.sends.at(-1), 'REGISTER', 'the last that left'),
			),
		};
	},
});
