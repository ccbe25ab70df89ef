import { formatEndpoint } from '../../net/endpoint.js';
import { sharedCallId } from '../../registration/shared-call-id.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'call-id-shared',
	severity: 'degraded',
	title: 'Two devices use one Call-ID at the same time',
	references: ['RFC 3261 §10.2', 'RFC 3261 §10.3', 'RFC 3261 §8.1.1.4'],
	explanation: {
		means:
			'A registrar tells old REGISTERs from new ones by Call-ID and CSeq. Two devices with the same Call-ID overtake one another: the one with the lower CSeq is refused or quietly passed over.',
		causes: [
			'A configuration or a disk image was copied together with what the phone keeps for itself.',
			'A cluster of PBX machines registers one trunk from two nodes.',
		],
		confirm: 'Compare Call-ID and CSeq of the REGISTERs from both addresses.',
		lookAlikes: [
			'Both sides of a NAT, and a proxy, show one phone twice with the same Call-ID.',
			'A phone that moved to another address keeps its Call-ID: then the first one has stopped.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Reset one of the two to its defaults and provision it anew; on a cluster let one node register.',
		},
	],
	check({ attempt, registration, index }) {
		if (attempt !== registration.decisive) return SILENT;
		const found = sharedCallId(registration, index);
		if (found === undefined) return SILENT;
		const { callId, own, other } = found;
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `${formatEndpoint(own.src)} and ${formatEndpoint(other.src)} register with the same Call-ID ${callId}, by turns.`,
			evidence: inOrder(
				evidenceOf(own, 'Call-ID', `${callId}, from ${formatEndpoint(own.src)}`),
				evidenceOf(other, 'Call-ID', `${callId}, from ${formatEndpoint(other.src)}`),
			),
		};
	},
});
