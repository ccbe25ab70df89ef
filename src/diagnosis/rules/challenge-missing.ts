import { describeStatus, lastFinal } from '../../registration/attempt-facts.js';
import { type MissingChallenge, missingChallenge } from '../../registration/challenge-faults.js';
import { registrarFingerprint } from '../../registration/fingerprint.js';
import { ownAccountLeg } from '../../registration/own-account-leg.js';
import type { ClientTransaction } from '../../transaction/client-transaction.js';
import { cutVerdict } from '../cut-verdict.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import type { Confidence } from '../finding.js';
import { presumption } from '../presumption.js';
import { defineRule, SILENT, type Subject } from '../rule.js';

export default defineRule({
	id: 'challenge-missing',
	severity: 'fatal',
	title: 'The server asks for credentials without saying for which',
	references: ['RFC 3261 §21.4.2', 'RFC 3261 §21.4.8', 'RFC 3261 §22.1'],
	explanation: {
		means:
			'A 401 must carry WWW-Authenticate, a 407 Proxy-Authenticate: realm and nonce are in there, and without them no phone can compute a response. The right password does not help.',
		causes: [
			'FreeSWITCH answers a bare 401 where its own authentication fails inside (directory, profile, domain).',
			'The script of a proxy or a self-made registrar sends the status alone.',
			'A middlebox removed the header field, or a proxy sends a 401 in place of a 407.',
		],
		confirm:
			'Look into the 401 or 407 in the capture: no WWW-Authenticate, no Proxy-Authenticate. With a capture at the server as well it is seen whether it left there.',
		lookAlikes: [
			'A response that the snaplen cut looks the same: capture full packets.',
			'A bare 401 after credentials may be the last word about a wrong password; with --accounts it is told apart.',
		],
	},
	fix: [
		{
			who: 'registrar',
			what: 'Send a challenge with every 401 and 407; in FreeSWITCH look for the error of the directory lookup in the log at this time.',
		},
		{
			who: 'site-network',
			what: 'Where a capture at the server shows the challenge: switch off the SIP ALG.',
		},
	],
	check(subject) {
		const { attempt, steps } = subject;
		const final = lastFinal(attempt);
		const last = attempt.transactions.at(-1);
		const step = steps.at(-1);
		if (final === undefined || last === undefined || step === undefined) return SILENT;
		const missing = missingChallenge(final.message);
		if (missing === undefined) return SILENT;
		if (final.cut) {
			const where = ', so its challenge may be in the part that is missing';
			return cutVerdict(final, `the ${describeStatus(final)}`, where);
		}
		// What challenged an account of the SBC's own was not meant for the phone.
		const removed = ownAccountLeg(last) === undefined ? last.hops.find(isChallenging) : undefined;
		return {
			kind: 'fires',
			confidence: removed === undefined ? confidenceOf(subject, missing) : 'proven',
			summary: `The ${describeStatus(final)} carries no ${missing.wanted}${instead(missing)}${
				removed === undefined ? '' : `; when it left ${removed.server.address} it did`
			}.`,
			evidence: inOrder(
				evidenceOf(final, missing.wanted, `none${instead(missing)}`),
				...evidenceIf(removed?.final, missing.wanted, 'still there'),
				evidenceOf(step.request, 'REGISTER', `answered with ${describeStatus(final)}`),
			),
		};
	},
});

function isChallenging({ final }: ClientTransaction): boolean {
	return final !== undefined && missingChallenge(final.message) === undefined;
}

function instead({ other }: MissingChallenge): string {
	return other === undefined ? '' : ` and a ${other} in its place`;
}

/** After credentials a bare 401 may as well be a way to say no. */
function confidenceOf(subject: Subject, { other }: MissingChallenge): Confidence {
	const { steps } = subject;
	const last = steps.at(-1);
	if (last !== undefined && last.credentials.length > 0) {
		const isKnownFor = registrarFingerprint(steps)?.kind === 'freeswitch';
		return presumption(subject, last, isKnownFor ? 'likely' : 'possible');
	}
	return other === undefined ? 'proven' : 'strong';
}
