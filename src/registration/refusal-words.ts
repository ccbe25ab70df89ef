/*
 * What the words of a refusal say that its status code does not. Reason phrases are free text (RFC 3261 §21): only plain
 * words are taken, and each list names the words that look alike and mean another thing.
 */
import { headerValues } from '../sip/header-fields.js';
import type { SipResponse } from '../sip/message.js';

/** `plain`: a limit and what it limits are named; `vague`: only a limit is, as in "403 Limit exceeded". */
export type ContactLimit = 'plain' | 'vague';

const LIMIT = /\btoo many\b|\bmax(?:imum)?\b|\blimit\b|\bexceed/i;
const CONTACTS = /\b(?:contacts?|bindings?|registrations?|registered|devices?|endpoints?)\b/i;
/** Limits of other things: a ban, a rate, the size of the message. */
const OTHER_LIMIT =
	/\b(?:rate|attempts?|requests?|fail\w*|calls?|sessions?|size|bytes|length|hops?|forwards|large|long|load|capacity|time)\b/i;

const UNSERVED = /\bnot here\b|\brelay(?:ing|ed)?\b|\bdomain\b|\bnot served\b|\bnot local\b/i;
/** "User not found in this domain" blames the user. */
const USER = /\b(?:user|subscriber|account|number|extension)\b/i;

/** A "bad nonce" may as well be one that the phone made up: only what was once right counts. */
const NONCE =
	/\bnonce\b.*\b(?:chang\w*|expired?|stale|old|renew\w*|timed?[ -]?out)\b|\b(?:expired|stale|old|new)\b.*\bnonce\b/i;

/**
 * Whether a refusal says that the account has as many devices as it may. Kamailio and OpenSIPS write it into
 * P-Registrar-Error, others into the reason phrase or a Warning.
 */
export function namedContactLimit(response: SipResponse): ContactLimit | undefined {
	const named = words(response, ['p-registrar-error', 'warning', 'reason']).filter(
		(text) => LIMIT.test(text) && !OTHER_LIMIT.test(text),
	);
	if (named.some((text) => CONTACTS.test(text))) return 'plain';
	return named.length > 0 ? 'vague' : undefined;
}

/** Whether a refusal says that the server does not serve the domain ("Not relaying", "Not here", "unknown domain"). */
export function namesUnservedDomain(response: SipResponse): boolean {
	return words(response, ['warning']).some((text) => UNSERVED.test(text) && !USER.test(text));
}

const TOO_LARGE =
	/\b(?:message|request|packet|uri|entity|header)\b.*\b(?:too|max)\b.*\b(?:large|long|big|size|length)\b/i;

/** Whether a refusal says that the message is too large ("Message too large", "R-URI too large"). */
export function namesTooLarge(response: SipResponse): boolean {
	// "Request took too long" is a timeout.
	if (response.statusCode === 408 || response.statusCode === 504) return false;
	return words(response, ['warning', 'p-registrar-error']).some((text) => TOO_LARGE.test(text));
}

/** Whether a refusal says that it is the nonce that it refuses ("nonce has changed", "Expired nonce"), not the password. */
export function namesNonce(response: SipResponse): boolean {
	return words(response, ['warning']).some((text) => NONCE.test(text));
}

const CREDENTIALS = /\b(?:passwords?|credentials?|authenticat\w*|auth)\b/i;

/** Whether a refusal says that it is the credentials ("Wrong password", "Bad auth", "Incorrect Authentication"). */
export function namesCredentials(response: SipResponse): boolean {
	return words(response, ['warning', 'reason']).some((text) => CREDENTIALS.test(text));
}

/** Whom a permission is refused to. "Registration" alone is not among them: wrong passwords are refused in that word, too. */
const HOLDER =
	/\b(?:accounts?|users?|subscribers?|subscriptions?|extensions?|lines?|devices?|endpoints?|ip|addresses|address|country|region|location|user.?agents?)\b/i;
/** "Not authorized" is no such word: it is said of passwords as well. */
const WITHDRAWN =
	/\b(?:disabled|suspended|locked|blocked|barred|inactive|deactivated|expired|unpaid|terminated|restricted|not (?:allowed|permitted|active|enabled|assigned|provisioned))\b/i;
const REGISTERING =
	/\b(?:not (?:allowed|permitted|authori[sz]ed) to register|registrations? (?:is |are )?(?:disabled|not (?:allowed|permitted)))\b/i;

/** Whether a refusal says that the password is not the point: "Account disabled", "IP not allowed". */
export function namesPermission(response: SipResponse): boolean {
	return words(response, ['warning', 'reason', 'p-registrar-error']).some(
		(text) =>
			!CREDENTIALS.test(text) &&
			(REGISTERING.test(text) || (HOLDER.test(text) && WITHDRAWN.test(text))),
	);
}

function words(response: SipResponse, ids: readonly string[]): readonly string[] {
	return [response.reasonPhrase, ...ids.flatMap((id) => headerValues(response, id))];
}
