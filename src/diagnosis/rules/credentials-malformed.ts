import { describeStatus, lastFinal } from '../../registration/attempt-facts.js';
import { challengeFaults } from '../../registration/challenge-faults.js';
import { credentialsFaults } from '../../registration/credentials-faults.js';
import { isRefused } from '../../registration/outcome.js';
import { isChallenge } from '../../sip/status-codes.js';
import { evidenceOf, inOrder } from '../evidence.js';
import { presumption } from '../presumption.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'credentials-malformed',
	severity: 'fatal',
	title: 'The credentials lack a parameter, or cannot be read',
	references: ['RFC 3261 §22.4', 'RFC 3261 §20.7', 'RFC 7616 §3.4'],
	explanation: {
		means:
			'The phone answers the challenge with an Authorization or Proxy-Authorization that no server can use: username, realm, nonce, uri or response is missing or broken, or the scheme is not Digest. The password was never looked at.',
		causes: [
			'A quote, comma or backslash in username or display name breaks the header field.',
			'The authentication name on the phone is empty.',
			'Firmware that answers a Digest challenge with Basic, or sends credentials twice for one realm.',
			'A middlebox cut or changed the header field.',
		],
		confirm:
			'Read the header field in the capture: Digest username="…", realm="…", nonce="…", uri="…", response="…", a comma between any two.',
		lookAlikes: [
			'The first REGISTER of an IMS phone has empty nonce and response, and is right.',
			'A REGISTER that the snaplen cut looks the same.',
			'Answers to several realms stand in several header fields, one each.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Enter the authentication name; avoid quotes and backslashes in it; update the firmware.',
		},
		{
			who: 'site-network',
			what: 'Where another capture shows the header field whole: switch off the SIP ALG.',
		},
	],
	check(subject) {
		const { attempt, steps } = subject;
		const answered = steps.at(-1);
		const challenged = steps.at(-2);
		const final = lastFinal(attempt);
		if (!isRefused(attempt.outcome) || final === undefined) return SILENT;
		if (answered === undefined || challenged?.final === undefined) return SILENT;
		if (!isChallenge(challenged.final.message.statusCode)) return SILENT;
		// Nothing else can be said to a challenge that is broken itself.
		if (challengeFaults(challenged.final.message) !== undefined) return SILENT;
		const faults = credentialsFaults(challenged, answered);
		const fault = faults.find(({ isUnusable }) => isUnusable) ?? faults[0];
		if (fault === undefined) return SILENT;
		const { credentials, isUnusable } = fault;
		return {
			kind: 'fires',
			confidence: isUnusable ? 'proven' : presumption(subject, answered, 'likely'),
			summary: `The ${credentials.header} cannot be used: ${fault.fault}; the server answers ${describeStatus(final)}.`,
			evidence: inOrder(
				evidenceOf(answered.request, credentials.header, fault.fault),
				evidenceOf(challenged.final, 'Status', describeStatus(challenged.final)),
				evidenceOf(final, 'Status', describeStatus(final)),
			),
		};
	},
});
