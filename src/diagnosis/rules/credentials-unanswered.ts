import { describeSends } from '../../registration/attempt-facts.js';
import { credentialsInVain } from '../../registration/credentials-in-vain.js';
import { fragmentWords } from '../../registration/lost-fragments.js';
import { evidenceIf, evidenceOf, inOrder, lastCopyOf } from '../evidence.js';
import type { Fix } from '../finding.js';
import { defineRule, SILENT } from '../rule.js';

/** No longer than what was answered before: its length is not why. */
const NO_LARGER: readonly Fix[] = [
	{
		who: 'provider',
		what: 'Look for a ban of the source, which refused credentials lead to, and for this REGISTER in a capture at the server.',
	},
];

export default defineRule({
	id: 'credentials-unanswered',
	severity: 'fatal',
	title: 'The first REGISTER is answered, the one with credentials is not',
	references: ['RFC 3261 §17.1.2.2', 'RFC 3261 §18.1.1'],
	explanation: {
		means:
			'The challenge came back, so server and path are there. The REGISTER that answers it, larger by the credentials, is met with silence.',
		causes: [
			'The larger message is fragmented, or exceeds the MTU of a tunnel, and is dropped.',
			'The server bans the source, or another server of a cluster got the second request.',
			'A SIP ALG or an intrusion detection drops messages with Authorization.',
		],
		confirm:
			'Compare the sizes of the two REGISTERs; above 1300 bytes try TCP. Capture at the server.',
		lookAlikes: ['Silence from the first REGISTER on is another finding.'],
	},
	fix: [
		{
			who: 'phone',
			what: 'Use TCP or TLS, or fewer codecs and headers, where the REGISTER is larger than 1300 bytes.',
		},
		{
			who: 'provider',
			what: 'Look for bans of the source, and for the second REGISTER in a capture at the server.',
		},
	],
	check({ attempt, steps }) {
		const inVain = attempt.outcome === 'unanswered' ? credentialsInVain(steps) : undefined;
		if (inVain === undefined) return SILENT;
		const { challenged, first } = inVain;
		const transaction = first.transaction.phone;
		const last = steps.at(-1);
		const before = challenged.request.packet.payloadLength;
		const { payloadLength } = transaction.request.packet;
		const fragments = fragmentWords(transaction.request.packet);
		const size = `${payloadLength} bytes${fragments === undefined ? '' : ` in ${fragments}`}`;
		const again = last === undefined || last === first ? '' : ', nor was any that followed it';
		const answered =
			challenged.credentials.length > 0
				? `A REGISTER with credentials (${before} bytes) was challenged anew, the next one (${size})`
				: `The REGISTER without credentials (${before} bytes) was challenged, the one with credentials (${size})`;
		return {
			kind: 'fires',
			confidence: 'strong',
			summary: `${answered} was sent ${describeSends(transaction)} without an answer${again}.`,
			...(payloadLength <= before && { fix: NO_LARGER }),
			evidence: inOrder(
				evidenceOf(transaction.request, 'REGISTER', `with credentials, ${size}`),
				...evidenceIf(challenged.final, 'Status', `challenge to the REGISTER of ${before} bytes`),
				...lastCopyOf(transaction),
			),
		};
	},
});
