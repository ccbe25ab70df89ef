import { describeStatus, lastFinal, serverWords } from '../../registration/attempt-facts.js';
import { registrarFingerprint } from '../../registration/fingerprint.js';
import { isBehindAuthentication } from '../../registration/refusal.js';
import { namesCredentials, namesPermission } from '../../registration/refusal-words.js';
import { evidenceOf, inOrder } from '../evidence.js';
import type { Confidence } from '../finding.js';
import { defineRule, SILENT, type Subject } from '../rule.js';

/** Registrars that answer a wrong password with another 401, so that their 403 means something else. */
const NEVER_403_FOR_PASSWORD = ['kamailio', 'opensips', 'asterisk-pjsip'];

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
		// Credentials that are wrong in themselves are refused for that, in whatever words; where the registrar has let them
		// pass, it is the account given that is wrong.
		const isWrong = subject.digestCheck(last).kind === 'does-not-verify';
		if (isWrong && !isBehindAuthentication({ final }, steps)) return SILENT;
		const confidence = confidenceOf(subject);
		if (confidence === undefined) {
			return {
				kind: 'cannot-tell',
				because:
					'without the password, a 403 after credentials may mean the password or the permission',
				decidedBy: 'the account (--accounts), or the log of the registrar',
			};
		}
		const words = serverWords(final.message).join('; ');
		const verified = subject.digestCheck(last).kind === 'verifies' && !subject.isProbe;
		const fingerprint = registrarFingerprint(steps);
		const isSaid = !verified && namesPermission(final.message);
		const why = verified
			? 'the response verifies with the password given'
			: isSaid
				? 'the server says that it is the permission, and nothing of the password'
				: fingerprint === undefined
					? 'these credentials were accepted before'
					: `a ${fingerprint.kind} registrar (${fingerprint.by}) answers a wrong password with 401`;
		return {
			kind: 'fires',
			confidence,
			summary: isSaid
				? `${describeStatus(final)}${words === '' ? '' : ` (${words})`} to credentials: ${why}.`
				: `${describeStatus(final)} although ${why}.`,
			evidence: inOrder(
				evidenceOf(last.request, 'Authorization', verified ? 'the response verifies' : why),
				evidenceOf(final, 'Status', `${describeStatus(final)}${words === '' ? '' : ` (${words})`}`),
			),
		};
	},
});

function confidenceOf({
	steps,
	registration,
	attempt,
	isProbe,
	digestCheck,
}: Subject): Confidence | undefined {
	const last = steps.at(-1);
	if (last === undefined) return undefined;
	const check = isProbe ? 'not-checked' : digestCheck(last).kind;
	if (check === 'verifies') return 'proven';
	const accepted = registration.attempts.some(
		({ number, outcome }) => number < attempt.number && outcome === 'registered',
	);
	if (accepted) return 'strong';
	const final = lastFinal(attempt);
	if (final !== undefined && namesCredentials(final.message)) return undefined;
	if (final !== undefined && namesPermission(final.message)) return 'likely';
	const registrar = registrarFingerprint(steps)?.kind;
	return registrar !== undefined && NEVER_403_FOR_PASSWORD.includes(registrar)
		? 'likely'
		: undefined;
}
