import { formatEndpoint } from '../../net/endpoint.js';
import { laterBy } from '../../registration/attempt-facts.js';
import { mappingExpiry, natMapping } from '../../registration/nat-mapping.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

/** From this many on the times tell whether the NAT forgets: another finding. */
const ESTABLISHED = 2;

export default defineRule({
	id: 'nat-mapping-changed',
	severity: 'degraded',
	title: 'The NAT gave the phone another port between two REGISTERs',
	references: ['RFC 4787 §4.3', 'RFC 5626 §3.4'],
	explanation: {
		means:
			'The phone sends from one and the same port, and the NAT shows it outside under another one than before. Until the new REGISTER the registrar held the old port, where calls no longer reached the phone.',
		causes: [
			'The NAT forgot the flow before the next packet: its timeout for UDP is shorter than the pause.',
			'The router was restarted, or its table was full.',
			'The NAT chooses a new port for reasons of its own.',
		],
		confirm:
			'Compare rport of successive answers (or the source port at the server), with the pause before each change.',
		lookAlikes: [
			'A new TCP or TLS connection always has another port.',
			'A phone that was restarted, or sends from another port itself, makes a new flow.',
			'Another server is another flow, which may have another port.',
		],
	},
	fix: [
		{ who: 'phone', what: 'Switch keep-alives on, every 20 to 25 s over UDP.' },
		{ who: 'site-network', what: 'Raise the timeout of the NAT for UDP to the provider (300 s).' },
	],
	check({ attempt, registration }) {
		if (attempt !== registration.decisive || attempt.outcome !== 'registered') return SILENT;
		const { portChanges } = natMapping(registration);
		const change = portChanges.findLast(({ before, after }) => before.callId === after.callId);
		if (change === undefined) return SILENT;
		if ((mappingExpiry(registration)?.changes.length ?? 0) >= ESTABLISHED) return SILENT;
		const { before, after, gapMs } = change;
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `The phone was ${formatEndpoint(before.outside)} outside, and ${laterBy(gapMs)} ${formatEndpoint(after.outside)}, from the same port of its own.`,
			evidence: inOrder(
				evidenceOf(before.seen, before.field, formatEndpoint(before.outside)),
				evidenceOf(after.seen, after.field, formatEndpoint(after.outside)),
			),
		};
	},
});
