import type { DigestCredentials } from '../../digest/digest.js';
import type { Accepted } from '../../registration/accepted-credentials.js';
import { describeStatus, lastTransaction, serverWords } from '../../registration/attempt-facts.js';
import {
	type AuthenticationStep,
	answeringCredentials,
} from '../../registration/authentication.js';
import { nearerAnswer } from '../../registration/between-places.js';
import type { DigestSearch } from '../../registration/digest-search.js';
import { forbidsPasswords, registrarFingerprint } from '../../registration/fingerprint.js';
import { otherSender } from '../../registration/other-sender.js';
import { ownAccountLeg } from '../../registration/own-account-leg.js';
import {
	isBehindAuthentication,
	type Refusal,
	refusedCredentials,
	refusedOutOfSight,
} from '../../registration/refusal.js';
import { namesCredentials, namesNonce, namesPermission } from '../../registration/refusal-words.js';
import { areAlteredOnTheWay } from '../../registration/relayed-credentials.js';
import { cutVerdict } from '../cut-verdict.js';
import { evidenceIf, evidenceOf, inOrder } from '../evidence.js';
import type { Confidence } from '../finding.js';
import { type PermissionReason, permissionReason } from '../permission-reason.js';
import { defineRule, SILENT, type Subject, type Verdict } from '../rule.js';

export default defineRule({
	id: 'wrong-password',
	severity: 'fatal',
	title: 'The digest response was not computed from the right password',
	references: ['RFC 7616 §3.4.1', 'RFC 3261 §22.2', 'RFC 3261 §22.4'],
	explanation: {
		means:
			'The phone answered the newest challenge with the right realm and nonce, and was refused. With the account given, sipdoctor recomputes the response: it is another one, so the phone uses another password, username or HA1.',
		causes: [
			'A typing error, a blank at the end, or the portal password in place of the SIP password.',
			'The password was reset at the provider, or provisioning overwrote it.',
			'The user is unknown: many registrars (Kamailio, OpenSIPS, Asterisk, sipgate) answer it in the same way, so that users cannot be guessed.',
		],
		confirm:
			'Give the account with --accounts: the digest is then recomputed over the very realm, nonce and uri of the REGISTER.',
		lookAlikes: [
			'stale=true says that only the nonce is too old.',
			'A registrar may refuse an expired nonce without stale=true; then the next REGISTER with the new nonce is right.',
			'Another realm in the credentials, or an old nonce, is refused in the same way with a right password.',
			'A password that was altered on its way into the digest (cut, escaped, a blank added) is another finding, and so is one computed for another realm, username or uri.',
			'A 403 often has nothing to do with the password: policy, number of devices, source address.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Enter the SIP password again (not the portal password), without blanks around it, and the authentication name beside it.',
		},
		{
			who: 'registrar',
			what: 'Check that the user exists, and set the SIP password anew on both sides.',
		},
	],
	check(subject) {
		const { attempt, steps } = subject;
		const seen = refusedCredentials(attempt, steps);
		const refusal = seen ?? refusedOutOfSight(attempt, steps);
		if (refusal === undefined || isWhateverThePassword(refusal, steps)) return SILENT;
		const { round, final } = refusal;
		if (round.answered.request.cut)
			return cutVerdict(round.answered.request, 'the REGISTER with the credentials');
		const search = subject.digestSearch();
		if (isExplained(search)) return SILENT;
		const confidence = search.kind === 'found' ? 'proven' : confidenceOf(subject, refusal);
		if (confidence !== 'proven' && seen === undefined) return CHALLENGE_NOT_CAPTURED;
		if (confidence === undefined) return SILENT;
		const other =
			confidence === 'proven' ? mistakenAccount(subject, search) : otherReason(subject, refusal);
		if (other !== undefined) return other;
		const credentials = answeringCredentials(round);
		const user = `user "${credentials?.username ?? ''}", realm "${credentials?.realm ?? ''}"`;
		const status = describeStatus(final);
		const elsewhere = confidence === 'proven' ? undefined : acceptedElsewhere(subject, credentials);
		return {
			kind: 'fires',
			confidence: surer(confidence, credentials, elsewhere),
			summary:
				confidence === 'proven'
					? `The response for ${user} ${provenWords(search)}, and the server answers ${status}.`
					: `Fresh credentials for ${user} were refused with ${status}: ${suspicion(subject, credentials, elsewhere)}.`,
			evidence: inOrder(
				evidenceOf(
					round.answered.request,
					'Authorization',
					`${user}${seen === undefined ? '' : ', fresh nonce'}${confidence === 'proven' ? '; the recomputed response differs' : ''}`,
				),
				...evidenceIf(elsewhere?.request, 'Authorization', `${user}, accepted`),
				evidenceOf(final, 'Status', status),
			),
		};
	},
});

/** Only the account decides, where the credentials do not verify with it. */
const CHALLENGE_NOT_CAPTURED = {
	kind: 'cannot-tell',
	because:
		'the challenge that the credentials answer was not captured, so that they may be refused for their nonce as well as for the password',
	decidedBy:
		'a capture that begins before the phone registers, or, against the password, the account (--accounts)',
} as const;

/** An account that does not verify may be the wrong one: what the capture says by itself comes before it. */
function mistakenAccount(subject: Subject, search: DigestSearch): Verdict | undefined {
	// A slip of typing that makes it verify shows whose account it is.
	if (search.kind === 'found') return undefined;
	const { attempt, registration, places } = subject;
	const last = lastTransaction(attempt);
	// The registrar has not seen these credentials.
	if (last !== undefined && nearerAnswer(last, registration, places) !== undefined) return SILENT;
	const reason = permissionReason(subject);
	return reason === undefined
		? undefined
		: {
				kind: 'cannot-tell',
				because: `the response does not verify with the account given, but ${AGAINST_THE_ACCOUNT[reason.kind]}: it may be the account given that is wrong`,
				decidedBy: 'the password that the registrar holds, or its log',
			};
}

const AGAINST_THE_ACCOUNT: Readonly<Record<PermissionReason['kind'], string>> = {
	'accepted-before': 'the phone registered with credentials that do not verify with it either',
	words: 'the server says that it refuses the permission, and nothing of the password',
	registrar: 'this kind of registrar answers a wrong password with 401, and not with 403',
};

/** What else than the password may have been refused, where no account proves that it was the password. */
function otherReason(subject: Subject, { final }: Refusal): Verdict | undefined {
	if (isOfOthers(subject)) return SILENT;
	if (!namesNonce(final.message)) return undefined;
	return {
		kind: 'cannot-tell',
		because: `the server says that it is the nonce that it refuses (${describeStatus(final)}), though without stale=true, and nothing of the password`,
		decidedBy: 'the account (--accounts), or a REGISTER that answers the new nonce at once',
	};
}

/**
 * Other credentials were refused than the phone sent: those of an SBC that registered for it with an account of its own,
 * and so took the phone's, or what was made of them on the way.
 */
function isOfOthers({ attempt, places }: Subject): boolean {
	if (areAlteredOnTheWay(attempt, places)) return true;
	const last = lastTransaction(attempt);
	const own = last === undefined ? undefined : ownAccountLeg(last);
	return own?.username !== undefined && (own.hop.final?.message.statusCode ?? 0) >= 400;
}

/** A nonce too old, a 403 behind the authentication, or one to somebody who registers for somebody else. */
function isWhateverThePassword(refusal: Refusal, steps: readonly AuthenticationStep[]): boolean {
	return refusal.stale || isBehindAuthentication(refusal, steps) || isForSomebodyElse(refusal);
}

/** Unless the words of the 403 blame the password. */
function isForSomebodyElse({ round, final }: Refusal): boolean {
	if (final.message.statusCode !== 403 || namesCredentials(final.message)) return false;
	return otherSender(round.answered.request.message) !== undefined;
}

/** The REGISTER of the same user and realm that the registrar accepted. */
function acceptedElsewhere(
	{ accepted }: Subject,
	credentials: DigestCredentials | undefined,
): Accepted | undefined {
	const { usernameExtended, username, realm } = credentials ?? {};
	return accepted().lastOf(usernameExtended ?? username, realm);
}

/** A user that the registrar knows, and nothing else that differs, leaves the password. */
function surer(
	confidence: Confidence,
	credentials: DigestCredentials | undefined,
	elsewhere: Accepted | undefined,
): Confidence {
	if (elsewhere === undefined) return confidence;
	return differences(credentials, elsewhere.digest).length === 0 ? 'strong' : confidence;
}

function suspicion(
	subject: Subject,
	credentials: DigestCredentials | undefined,
	elsewhere: Accepted | undefined,
): string {
	if (elsewhere === undefined) return `the password is wrong, or ${unknownUser(subject)}`;
	const differs = differences(credentials, elsewhere.digest);
	const knows = `the registrar knows this user, as it accepted it in frame ${elsewhere.request.frame}`;
	return differs.length === 0
		? `${knows}, so that the password of this phone is another one, or was changed meanwhile`
		: `${knows}, there with ${differs.join(' and ')}; that, or another password, is why`;
}

/** How accepted credentials were computed otherwise than refused ones, as far as it shows. */
function differences(
	refused: DigestCredentials | undefined,
	accepted: DigestCredentials,
): readonly string[] {
	return (['algorithm', 'qop'] as const)
		.filter((field) => refused?.[field]?.toLowerCase() !== accepted[field]?.toLowerCase())
		.map((field) => `${field} ${accepted[field] ?? 'left out'}`);
}

/** An alteration that is no slip of typing has a rule of its own. */
function isExplained(search: DigestSearch): boolean {
	if (search.kind === 'found-before') return true;
	return search.kind === 'found' && search.alterations.every(({ family }) => family !== 'typing');
}

function provenWords(search: DigestSearch): string {
	switch (search.kind) {
		case 'found':
			return `does not verify with the password given, but verifies ${search.words}: it was entered with a slip`;
		case 'not-found':
			return search.complete
				? 'does not verify with the password given, nor with any alteration of it or of the other inputs that phones are known for'
				: 'does not verify with the password given; the search for altered inputs was ended by its limits';
		case 'found-before':
		case 'not-searched':
			return 'does not verify with the password given';
	}
}

/** Undefined where something else than the password is refused, or cannot be told from it. */
function confidenceOf(subject: Subject, { round, final }: Refusal): Confidence | undefined {
	const check = subject.digestCheck(round.answered).kind;
	// In a probe the password given is what is being tested: that it verifies is no news.
	if (!subject.isProbe && check === 'verifies') return undefined;
	if (!subject.isProbe && check === 'does-not-verify') return 'proven';
	if (final.message.statusCode !== 403) return 'likely';
	if (namesCredentials(final.message)) return 'likely';
	if (serverWords(final.message).length > 0 || namesPermission(final.message)) return undefined;
	const registrar = registrarFingerprint(subject.steps)?.kind;
	if (forbidsPasswords(registrar)) return 'likely';
	return subject.isProbe && registrar === undefined ? 'likely' : undefined;
}

function unknownUser(subject: Subject): string {
	const registrar = registrarFingerprint(subject.steps);
	return registrar === undefined
		? 'the registrar does not know the user'
		: `the user is unknown (${registrar.kind}, recognised by ${registrar.by}, answers both alike)`;
}
