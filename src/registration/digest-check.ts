/** The credentials of a REGISTER against the accounts given: which fits, and does its secret verify (design §1). */
import { verifyCredentials } from '../digest/verify.js';
import type { SipRequest } from '../sip/message.js';
import { parseUri } from '../sip/uri.js';
import type { Observed } from '../trace/observed.js';
import { AcceptedCredentials } from './accepted-credentials.js';
import type { Account } from './account.js';
import type { AuthenticationStep, SentCredentials } from './authentication.js';
import { appendToList } from './lists-by-key.js';

export type DigestCheck =
	| { readonly kind: 'verifies'; readonly account: Account }
	/** An account fits and its secret gives another response. */
	| { readonly kind: 'does-not-verify'; readonly account: Account }
	| { readonly kind: 'not-checked'; readonly because: string };

/** The challenges are looked at where there are several credentials. */
type CheckedStep = Pick<AuthenticationStep, 'credentials' | 'challenges' | 'request'>;

const NONE = new AcceptedCredentials([]);
const NONE_ACCEPTED = (): AcceptedCredentials => NONE;

const NOT_CHECKED = (because: string): DigestCheck => ({ kind: 'not-checked', because });

/**
 * Checks the credentials of one step. `aor` is the registration's canonical address-of-record. A single account is tried
 * where it does not fit as well, and there only a match counts. A miss of an account that `accepted` contradicts is none.
 */
export function checkDigest(
	step: CheckedStep,
	accounts: readonly Account[],
	aor: string | undefined,
	accepted: () => AcceptedCredentials = NONE_ACCEPTED,
): DigestCheck {
	if (step.credentials.length === 0) return NOT_CHECKED('the REGISTER carries no credentials');
	if (accounts.length === 0) return NOT_CHECKED('no account was given');
	const results = refusedOf(step).map((sent) => checkOne(step, sent, accounts, aor, accepted));
	return (
		results.find(({ kind }) => kind === 'verifies') ??
		results.find(({ kind }) => kind === 'does-not-verify') ??
		results[0] ??
		NOT_CHECKED('no account fits')
	);
}

/**
 * Of credentials for several realms those that the answer asks for again: what a proxy took says nothing of what the
 * registrar refuses (RFC 3261 §22.3).
 */
function refusedOf({ credentials, challenges }: CheckedStep): readonly SentCredentials[] {
	if (credentials.length === 1) return credentials;
	const realms = new Set(challenges.map(({ digest }) => digest.realm));
	const refused = credentials.filter(({ digest }) => realms.has(digest.realm));
	return refused.length > 0 ? refused : credentials;
}

function checkOne(
	step: CheckedStep,
	sent: SentCredentials,
	accounts: readonly Account[],
	aor: string | undefined,
	accepted: () => AcceptedCredentials,
): DigestCheck {
	let missed: Account | undefined;
	let because = 'no account fits this user';
	for (const { account, fitting } of candidatesFor(accounts, sent, aor)) {
		const foreign = foreignHa1(account, sent);
		if (foreign !== undefined) {
			because = foreign;
			continue;
		}
		const { method, body } = step.request.message;
		const verdict = verifyCredentials({
			credentials: sent.digest,
			secret: account.secret,
			method,
			body,
			username: account.username,
		});
		if (verdict.kind === 'verifies') return { kind: 'verifies', account };
		if (verdict.kind === 'not-checkable') because = verdict.because;
		else if (!fitting || !isSureMiss(account, sent)) because = NOT_MEANT;
		else if (isContradicted(account, sent, step.request, accepted())) because = CONTRADICTED;
		else missed ??= account;
	}
	return missed === undefined ? NOT_CHECKED(because) : { kind: 'does-not-verify', account: missed };
}

const NOT_MEANT = 'the account given does not verify, and it may not be the one that was meant';

const CONTRADICTED =
	'the account given does not verify with a later REGISTER of this user either, which was accepted';

/**
 * True where the registrar later accepted this very user with credentials that do not verify with the account: it knows
 * another password than the one given. An earlier one proves nothing, as the password may have been changed since.
 */
export function isContradicted(
	account: Account,
	{ digest }: SentCredentials,
	{ at }: Observed<SipRequest>,
	accepted: AcceptedCredentials,
): boolean {
	const username = digest.usernameExtended ?? digest.username;
	const later = accepted.lastOf(username, digest.realm);
	if (later === undefined || later.request.at <= at) return false;
	const sent = { header: '', digest: later.digest };
	if (foreignHa1(account, sent) !== undefined || !isSureMiss(account, sent)) return false;
	const { method, body } = later.request.message;
	const { secret } = account;
	const verdict = verifyCredentials({ credentials: later.digest, secret, method, body });
	return verdict.kind === 'does-not-verify';
}

/**
 * The accounts that credentials are checked against, that of their realm first. One that does not fit is tried where it
 * is the only one given, and there only a match counts.
 */
export function candidatesFor(
	accounts: readonly Account[],
	sent: SentCredentials,
	aor: string | undefined,
): readonly { readonly account: Account; readonly fitting: boolean }[] {
	const fitting = possible(accounts, sent, aor).filter((account) => fits(account, sent, aor));
	const candidates = fitting.length > 0 ? fitting : accounts.length === 1 ? accounts : [];
	return byRealm(candidates, sent.digest.realm).map((account) => ({
		account,
		fitting: fitting.length > 0,
	}));
}

function fits(account: Account, { digest }: SentCredentials, aor: string | undefined): boolean {
	if (account.aor !== undefined && account.aor === aor) return true;
	const username = digest.usernameExtended ?? digest.username;
	if (account.username === username || account.username === beforeAt(username)) return true;
	if (account.username === userOf(aor)) return true;
	return isLeftOutDomain(account.username, username, [digest.realm, hostOf(aor)]);
}

/** The account has user@domain, the phone sends the user alone: the same where the domain is the one it registers with. */
function isLeftOutDomain(
	whole: string,
	username: string | undefined,
	domains: readonly (string | undefined)[],
): boolean {
	const [user, domain] = whole.split('@');
	return domain !== undefined && user === username && domains.includes(domain);
}

/** Accounts by AOR and by username, so that ten thousand of them cost a REGISTER no more than one. */
const INDICES = new WeakMap<readonly Account[], ReadonlyMap<string, readonly number[]>>();

/** The accounts that share a name with the credentials or the address-of-record, in the order given. */
function possible(
	accounts: readonly Account[],
	{ digest }: SentCredentials,
	aor: string | undefined,
): readonly Account[] {
	if (accounts.length < 8) return accounts;
	const index = INDICES.get(accounts) ?? indexOf(accounts);
	INDICES.set(accounts, index);
	const username = digest.usernameExtended ?? digest.username;
	const names = new Set([aor, username, beforeAt(username), userOf(aor)]);
	let places: readonly number[] = [];
	for (const name of names) {
		const more = name === undefined ? undefined : index.get(name);
		// Nearly always all of these names are of one account.
		if (more === undefined || more === places) continue;
		places = [...new Set([...places, ...more])].sort((a, b) => a - b);
	}
	return places.flatMap((place) => accounts[place] ?? []);
}

function indexOf(accounts: readonly Account[]): ReadonlyMap<string, readonly number[]> {
	const index = new Map<string, number[]>();
	for (const [place, { username, aor }] of accounts.entries()) {
		for (const name of new Set([username, beforeAt(username) ?? username, aor ?? username])) {
			appendToList(index, name, place);
		}
	}
	return index;
}

/** An HA1 holds username and realm: for others than its own it can neither match nor miss (RFC 7616 §3.4.2). */
function foreignHa1(
	{ secret, username, realm }: Account,
	{ digest }: SentCredentials,
): string | undefined {
	if (secret.kind === 'password') return undefined;
	if (username !== (digest.usernameExtended ?? digest.username))
		return 'the HA1 belongs to another username';
	if (realm !== undefined && realm !== digest.realm) return 'the HA1 belongs to another realm';
	return undefined;
}

/**
 * An HA1 whose realm is not known may miss for the realm's sake, and a -sess response that is not the first of its
 * session for the sake of a first nonce that was not captured (RFC 7616 §3.4.2).
 */
function isSureMiss({ secret, realm }: Account, { digest }: SentCredentials): boolean {
	const laterInSession =
		/-sess$/i.test(digest.algorithm ?? '') && Number.parseInt(digest.nc ?? '1', 16) > 1;
	return (secret.kind === 'password' || realm !== undefined) && !laterInSession;
}

/** `realm`, if given, only ranks: the account for this very realm is tried first. */
function byRealm(accounts: readonly Account[], realm: string | undefined): readonly Account[] {
	return accounts.toSorted((a, b) => Number(b.realm === realm) - Number(a.realm === realm));
}

function beforeAt(username: string | undefined): string | undefined {
	return username?.includes('@') === true ? username.split('@')[0] : username;
}

function hostOf(aor: string | undefined): string | undefined {
	const uri = aor === undefined ? undefined : parseUri(aor);
	return uri?.ok === true ? uri.value.host : undefined;
}

function userOf(aor: string | undefined): string | undefined {
	const uri = aor === undefined ? undefined : parseUri(aor);
	return uri?.ok === true ? uri.value.user : undefined;
}
