import { describeStatus } from '../../registration/attempt-facts.js';
import { cseqStep } from '../../registration/cseq-steps.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'cseq-not-increasing',
	severity: 'degraded',
	title: 'The phone sends a REGISTER with a CSeq that is not higher than its last one',
	references: ['RFC 3261 §10.2', 'RFC 3261 §10.3', 'RFC 3261 §8.1.1.5'],
	explanation: {
		means:
			'Within one Call-ID every REGISTER must have a higher CSeq than the one before. A registrar takes another for an old one that came late: it refuses it, or answers 200 and changes nothing, so that the binding runs out.',
		causes: [
			'A phone that starts its CSeq anew after a restart and keeps its Call-ID.',
			'Two devices or two lines that share a Call-ID.',
			'Firmware that repeats the CSeq when it sends credentials.',
		],
		confirm:
			'List Call-ID and CSeq of the REGISTERs in order, with the expiry that each 200 gives.',
		lookAlikes: [
			'A retransmission has the same branch and the same CSeq: it is the same REGISTER.',
			'Many registrars do not mind a CSeq that stays the same with credentials: then nothing is wrong.',
			'A new Call-ID begins its own count.',
		],
	},
	fix: [{ who: 'phone', what: 'Update its firmware; let it choose a new Call-ID when it starts.' }],
	check({ attempt, registration }) {
		const step = cseqStep(attempt, registration);
		if (step === undefined) return SILENT;
		const { before, after, final, effect } = step;
		return {
			kind: 'fires',
			confidence: effect === undefined ? 'likely' : 'proven',
			...(effect === 'refused' && { severity: 'fatal' as const }),
			summary: `CSeq ${after.cseq ?? ''} follows CSeq ${before.cseq ?? ''} in the same Call-ID with another branch${inWords(effect)}.`,
			evidence: inOrder(
				evidenceOf(before.request, 'CSeq', `${before.cseq ?? ''}`),
				evidenceOf(after.request, 'CSeq', `${after.cseq ?? ''}, another branch`),
				...evidenceIf(final, 'Status', final === undefined ? '' : describeStatus(final)),
			),
		};
	},
});

function inWords(effect: 'refused' | 'not-renewed' | undefined): string {
	if (effect === 'refused') return ', and the registrar refuses it';
	return effect === undefined
		? '; the registrar may take it for an old one'
		: ', and the 200 gives no more time than was left of the old binding';
}
