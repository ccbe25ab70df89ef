import { findAlgorithm } from '../../digest/algorithm.js';
import { isSecure } from '../../net/transport.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'weak-algorithm',
	severity: 'risk',
	title: 'The server offers MD5 alone',
	references: ['RFC 8760 §2.3', 'RFC 7616 §3.3'],
	explanation: {
		means:
			'Whoever sees one challenge and its answer can try passwords without asking the server again, and with MD5 very fast. A short password does not stand it. SHA-256 is slower to try, though only a long random password or TLS really helps.',
		causes: ['Most registrars and phones know only MD5.', 'SHA-256 is not switched on.'],
		confirm: 'Read algorithm= in all challenges; without it MD5 is meant.',
		lookAlikes: ['Several challenges, MD5 the last of them, are as RFC 8760 wants it.'],
	},
	fix: [
		{ who: 'registrar', what: 'Offer SHA-256 before MD5, use long random passwords, and TLS.' },
	],
	check({ steps }) {
		const challenged = steps.findLast(({ challenges }) => challenges.length > 0);
		const [first] = challenged?.challenges ?? [];
		if (challenged === undefined || first === undefined || isSecure(challenged.request.transport))
			return SILENT;
		const isWeak = challenged.challenges.every(
			({ digest }) => findAlgorithm(digest.algorithm)?.hash === 'MD5',
		);
		if (!isWeak) return SILENT;
		return {
			kind: 'fires',
			confidence: 'proven',
			summary: `The challenge for realm "${first.digest.realm ?? ''}" offers MD5 alone.`,
			evidence: inOrder(
				evidenceOf(
					first.response,
					`${first.header} algorithm`,
					first.digest.algorithm ?? 'none, which means MD5',
				),
			),
		};
	},
});
