import { describeStatus } from '../../registration/attempt-facts.js';
import { answeringCredentials } from '../../registration/authentication.js';
import type { DigestCheck } from '../../registration/digest-check.js';
import { challengesAnew, registrarFingerprint } from '../../registration/fingerprint.js';
import { type Refusal, refusedCredentials } from '../../registration/refusal.js';
import { findToUri } from '../../sip/headers/from-to.js';
import type { SipRequest } from '../../sip/message.js';
import { computedOtherwise } from '../computed-otherwise.js';
import { evidenceOf, inOrder } from '../evidence.js';
import type { Confidence } from '../finding.js';
import { defineRule, SILENT, type Subject, type Verdict } from '../rule.js';

export default defineRule({
	id: 'auth-username-differs',
	severity: 'fatal',
	title: 'The digest username is another than the user that registers',
	references: ['RFC 7616 §3.4', 'RFC 3261 §22.1', 'RFC 3261 §10.3'],
	explanation: {
		means:
			'The phone registers one user and authenticates as another, and is refused. Providers that need two names exist; where there is only one, extension, authentication name and phone number were mixed up on the phone.',
		causes: [
			'The field for the authentication name holds the extension, the display name, or the name of an older account.',
			'The field for the user holds the phone number where the account name belongs.',
			'The registrar requires both to be equal (chan_sip; Kamailio and FreeSWITCH where so configured).',
		],
		confirm:
			'Compare username= in Authorization with the user in To and with the two names in the data of the provider. With --accounts the username of the account is compared as well.',
		lookAlikes: [
			'Many providers use two names; then the pair is right, and the password may be wrong.',
			'A REGISTER with the very same pair that was accepted earlier shows that the pair is right.',
			'A username that only adds @domain is another finding.',
			'The private identity of an IMS phone always differs from its public one.',
		],
	},
	fix: [
		{
			who: 'phone',
			what: 'Enter the authentication name of the account (Yealink "Register Name", Grandstream "Authenticate ID", Polycom reg.x.auth.userId, Snom "Authentication Username"), and its user beside it.',
		},
		{ who: 'registrar', what: 'Check which authentication name the address-of-record has.' },
	],
	check(subject) {
		const proven = computedOtherwise(subject, 'auth-username-differs');
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
	const user = findToUri(round.answered.request.message)?.userUnescaped;
	if (sent === undefined || user === undefined || credentials?.userhash === true) return SILENT;
	const isTo = isSameName(sent, round.answered.request.message);
	if (isTo && !isOfAnotherName(subject, refusal, sent)) return SILENT;
	if (subject.accepted().lastOf(sent, credentials?.realm) !== undefined) return SILENT;
	const confidence = confidenceOf(subject, refusal, sent);
	if (confidence === undefined) return SILENT;
	const account = comparison(subject.digestCheck(round.answered));
	const otherwise =
		confidence === 'strong' ? '' : '; if the provider gives two names, the password is wrong';
	return {
		kind: 'fires',
		confidence,
		summary: `The phone registers "${user}" and authenticates as "${sent}", and the server answers ${describeStatus(final)}${account}${otherwise}.`,
		evidence: inOrder(
			evidenceOf(
				round.answered.request,
				'Authorization username',
				`"${sent}", user of To "${user}"${account}`,
			),
			evidenceOf(final, 'Status', describeStatus(final)),
		),
	};
}

/** Equal as written or unescaped; `user@domain` is the same user, said with its domain. */
function isSameName(sent: string, request: SipRequest): boolean {
	const uri = findToUri(request);
	const names = [uri?.user, uri?.userUnescaped];
	return names.includes(sent) || names.includes(sent.split('@')[0]);
}

/** The password is right, and the account that it belongs to has another name than the phone says. */
function isOfAnotherName(
	{ isProbe, digestCheck }: Subject,
	{ round }: Refusal,
	sent: string,
): boolean {
	const check = digestCheck(round.answered);
	if (isProbe || check.kind !== 'verifies') return false;
	return check.account.username.split('@')[0] !== sent.split('@')[0];
}

/** What the account given says of the username; its password is hashed with the username that was sent. */
function comparison(check: DigestCheck): string {
	if (check.kind === 'not-checked') return '';
	const password = check.kind === 'verifies' ? ', and its password verifies' : '';
	return `; the account given has "${check.account.username}"${password}`;
}

/** Undefined where the username is not what was refused. */
function confidenceOf(
	{ steps, isProbe, digestCheck }: Subject,
	{ round, final }: Refusal,
	sent: string,
): Confidence | undefined {
	const check = digestCheck(round.answered);
	// With the username of the account, what is refused is the password, or nothing the phone could mend. In a probe the
	// account is what is being tested.
	if (!isProbe && check.kind !== 'not-checked')
		return check.account.username === sent ? undefined : 'strong';
	const registrar = registrarFingerprint(steps)?.kind;
	if (registrar === 'asterisk-chan-sip') return 'strong';
	if (final.message.statusCode !== 403) return 'likely';
	// A username that they do not know gets another 401 from them as well.
	if (challengesAnew(registrar)) return undefined;
	return 'possible';
}
