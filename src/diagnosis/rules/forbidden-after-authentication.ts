import { describeStatus, lastFinal, serverWords } from '../../registration/attempt-facts.js';
import { evidenceOf, inOrder } from '../evidence.js';
import type { Confidence } from '../finding.js';
import { type PermissionReason, permissionReason } from '../permission-reason.js';
import { defineRule, SILENT } from '../rule.js';

export default defineRule({
	id: 'forbidden-after-authentication',
	severity: 'fatal',
	title: 'The credentials are right, and the account is not allowed to register',
	references: ['RFC 3261 §21.4.4', 'RFC 3261 §10.3'],
	explanation: {
		means:
			'A 403 answers credentials that verify, or that this registrar would have refused with another 401 had they been wrong. The password is fine; the permission is missing.',
		causes: [
			'The device or line is not assigned, the account is locked, unpaid or not allowed to register.',
			'Asterisk PJSIP: the limit of contacts is 0 or reached (max_contacts), or no AOR is configured.',
			'FreeSWITCH: registration forbidden, an address list, or a user-agent filter.',
			'A change at the provider has not reached this server yet.',
		],
		confirm:
			'Give the account with --accounts: where the digest verifies, the password is out of the question.',
		lookAlikes: [
			'FreeSWITCH and chan_sip answer a wrong password with 403 as well.',
			'A 403 before any challenge is about the sender, not the account.',
		],
	},
	fix: [
		{
			who: 'registrar',
			what: 'Allow the account to register; raise the limit of contacts, or remove stale ones.',
		},
		{ who: 'provider', what: 'Check that the device is assigned and the account is active.' },
	],
	check(subject) {
		const { attempt, steps } = subject;
		const final = lastFinal(attempt);
		const last = steps.at(-1);
		if (final?.message.statusCode !== 403 || last === undefined || last.credentials.length === 0)
			return SILENT;
		const check = subject.isProbe ? 'not-checked' : subject.digestCheck(last).kind;
		const reason = check === 'verifies' ? undefined : permissionReason(subject);
		// Credentials that are wrong in themselves are refused for that.
		if (check === 'does-not-verify' && reason === undefined) return SILENT;
		if (check !== 'verifies' && reason === undefined) {
			return {
				kind: 'cannot-tell',
				because:
					'without the password, a 403 after credentials may mean the password or the permission',
				decidedBy: 'the account (--accounts), or the log of the registrar',
			};
		}
		const words = serverWords(final.message).join('; ');
		const said = `${describeStatus(final)}${words === '' ? '' : ` (${words})`}`;
		const why = whyOf(reason);
		return {
			kind: 'fires',
			confidence: confidenceOf(reason),
			summary:
				reason?.kind === 'words'
					? `${said} to credentials: ${why}.`
					: `${describeStatus(final)} although ${why}.`,
			evidence: inOrder(
				evidenceOf(
					last.request,
					'Authorization',
					reason === undefined ? 'the response verifies' : why,
				),
				evidenceOf(final, 'Status', said),
			),
		};
	},
});

/** `undefined`: the digest verifies. */
function confidenceOf(reason: PermissionReason | undefined): Confidence {
	if (reason === undefined) return 'proven';
	return reason.kind === 'accepted-before' ? 'strong' : 'likely';
}

function whyOf(reason: PermissionReason | undefined): string {
	switch (reason?.kind) {
		case undefined:
			return 'the response verifies with the password given';
		case 'accepted-before':
			return 'these credentials were accepted before';
		case 'words':
			return 'the server says that it is the permission, and nothing of the password';
		case 'registrar':
			return `a ${reason.registrar.kind} registrar (${reason.registrar.by}) answers a wrong password with 401`;
	}
}
