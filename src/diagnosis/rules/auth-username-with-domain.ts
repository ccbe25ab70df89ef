import { describeStatus } from '../../registration/attempt-facts.js';
import { answeringCredentials } from '../../registration/authentication.js';
import { forbidsPasswords, registrarFingerprint } from '../../registration/fingerprint.js';
import { type Refusal, refusedCredentials } from '../../registration/refusal.js';
import { findToUri } from '../../sip/headers/from-to.js';
import { computedOtherwise } from '../computed-otherwise.js';
import { evidenceOf, inOrder } from '../evidence.js';
import type { Confidence } from '../finding.js';
import { defineRule, SILENT, type Subject, type Verdict } from '../rule.js';

export default defineRule({
	id: 'auth-username-with-domain',
	severity: 'fatal',
	title:
		'The digest username carries a domain that the account does not have, or lacks the one it has',
	references: ['RFC 7616 §3.4', 'RFC 3261 §22.1'],
	explanation: {
		means:
			'The phone authenticates as user@domain where the account is the user alone, or as the user alone where the account is user@domain. The username is part of the hash, so the server looks for another account and computes another response.',
		causes: [
			'The whole address was entered into the field for the authentication name.',
			'The phone puts its domain behind the authentication name by itself, or cuts the name at the @.',
			'The registrar keeps its accounts, or the HA1 of them, with the domain.',
		],
		confirm:
			'Compare username= in Authorization with the authentication name in the data of the provider; with --accounts sipdoctor does.',
		lookAlikes: [
			'Some registrars want user@domain: Kamailio with ha1b, some hosted PBXs. There the pair is right, and the password may be wrong.',
			'An IMS phone authenticates with its private identity, which has a domain.',
			'A username of another user is another finding.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Enter the authentication name exactly as the provider gives it, with or without the domain.',
		},
		{
			who: 'registrar',
			what: 'Check how the account is stored, and for which username its HA1 was computed.',
		},
	],
	check(subject) {
		const proven = computedOtherwise(subject, 'auth-username-with-domain');
		return proven ?? fromStructure(subject);
	},
});

/** What the names say without the digest. */
function fromStructure(subject: Subject): Verdict {
	const refusal = refusedCredentials(subject.attempt, subject.steps);
	if (refusal === undefined || refusal.stale || refusal.round.answered.request.cut) return SILENT;
	const { round, final } = refusal;
	const credentials = answeringCredentials(round);
	const sent = credentials?.usernameExtended ?? credentials?.username;
	if (sent === undefined || credentials?.userhash === true) return SILENT;
	if (subject.accepted().lastOf(sent, credentials?.realm) !== undefined) return SILENT;
	const confidence = confidenceOf(subject, refusal, sent);
	if (confidence === undefined) return SILENT;
	const check = subject.digestCheck(round.answered);
	const account = check.kind === 'not-checked' ? undefined : check.account.username;
	const user = findToUri(round.answered.request.message)?.userUnescaped ?? '';
	const compared =
		account === undefined ? `the user of To is "${user}"` : `the account given has "${account}"`;
	const otherwise =
		account === undefined ? '; if the provider wants the domain in it, the password is wrong' : '';
	return {
		kind: 'fires',
		confidence,
		summary: `The phone authenticates as "${sent}", ${compared}, and the server answers ${describeStatus(final)}${otherwise}.`,
		evidence: inOrder(
			evidenceOf(round.answered.request, 'Authorization username', `"${sent}"; ${compared}`),
			evidenceOf(final, 'Status', describeStatus(final)),
		),
	};
}

/** Undefined where the domain is not what differs, or belongs there. */
function confidenceOf(
	subject: Subject,
	{ round, final }: Refusal,
	sent: string,
): Confidence | undefined {
	const check = subject.digestCheck(round.answered);
	if (!subject.isProbe && check.kind !== 'not-checked') {
		const { username } = check.account;
		const differs = username !== sent && username.split('@')[0] === sent.split('@')[0];
		return differs ? 'strong' : undefined;
	}
	const uri = findToUri(round.answered.request.message);
	const [local, domain] = sent.split('@');
	if (domain === undefined || (local !== uri?.user && local !== uri?.userUnescaped))
		return undefined;
	// The private identity of IMS (3GPP TS 23.003 §13.3).
	if (/3gppnetwork\.org$/i.test(domain)) return undefined;
	if (subject.isProbe) return 'possible';
	if (final.message.statusCode !== 403) return 'likely';
	const registrar = registrarFingerprint(subject.steps)?.kind;
	return forbidsPasswords(registrar) ? 'likely' : 'possible';
}
