/** Why refused credentials do not verify with an account: the digest search, once for an attempt (design §1, Secrets). */
import { type Alteration, alterationWords } from '../digest/search/alteration.js';
import { LatestIdentities } from '../digest/search/identity-candidates.js';
import { type SearchResult, searchDigest } from '../digest/search/search-digest.js';
import { DEFAULT_LIMITS, type SearchLimits } from '../digest/search/search-limits.js';
import type { SipRequest } from '../sip/message.js';
import type { Observed } from '../trace/observed.js';
import type { AcceptedCredentials } from './accepted-credentials.js';
import type { Account } from './account.js';
import {
	type AuthenticationStep,
	answeringCredentials,
	type SentCredentials,
} from './authentication.js';
import { candidatesFor, checkDigest, isContradicted } from './digest-check.js';
import { digestNames, searchRequest, stepsUntil } from './digest-names.js';
import { howCut } from './how-cut.js';
import {
	isBehindAuthentication,
	type Refusal,
	refusedCredentials,
	refusedOutOfSight,
} from './refusal.js';
import type { Attempt, Registration } from './registration.js';

export type DigestSearch =
	| {
			readonly kind: 'found';
			readonly account: Account;
			readonly alterations: readonly [Alteration, ...Alteration[]];
			/** They follow "verifies"; wire text, without any part of the password. */
			readonly words: string;
			/** The REGISTERs that were searched, the oldest first; the last one verifies so. */
			readonly requests: readonly Observed<SipRequest>[];
			/** All of them verify so. */
			readonly agrees: boolean;
	  }
	/** Tried in vain; `complete` where no limit kept anything from being tried. */
	| { readonly kind: 'not-found'; readonly complete: boolean; readonly trials: number }
	/** Attempts before it were searched and something was found: this one fails in the same way, or is not known. */
	| { readonly kind: 'found-before' }
	| { readonly kind: 'not-searched'; readonly because: string };

export interface SearchedAttempt {
	readonly registration: Registration;
	readonly attempt: Attempt;
	readonly steps: readonly AuthenticationStep[];
	readonly accounts: readonly Account[];
	/** Asked only where something is searched. */
	readonly accepted: () => AcceptedCredentials;
}

/** What all searches of one analysis may compute together; beyond it only single changes are tried. */
const TRIALS_OF_ALL = 400_000;

/** And how long they may take together. */
const MILLISECONDS_OF_ALL = 3_000;

/** Where so many passwords were plainly wrong, the next one is not likely to be a rare alteration. */
const MAX_IN_VAIN = 8;

/** Requests of one attempt that must agree. */
const MAX_REQUESTS = 8;

/** Accounts of one name, such as those of several realms. */
const MAX_ACCOUNTS = 4;

/** Attempts of one registration that are searched beside the decisive one: a loop fails the same way for ever. */
const MAX_SEARCHES = 3;

const MAX_REMEMBERED = 10_000;

const NOT_SEARCHED = (because: string): DigestSearch => ({ kind: 'not-searched', because });

/** The digest searches of one analysis. */
export class DigestSearcher {
	readonly #now: (() => number) | undefined;
	#trialsLeft: number;
	#millisecondsLeft = MILLISECONDS_OF_ALL;
	#inVain = 0;
	readonly #latest = new LatestIdentities();
	/** By the response: the same attempt is looked at again as a capture grows. */
	readonly #known = new Map<string, DigestSearch>();
	/** By registration: how many attempts were searched, and what came of the last. */
	readonly #searches = new Map<string, { readonly count: number; readonly last: DigestSearch }>();

	/** `now` is a clock in milliseconds; without one only the trials are limited, and those of all searches by `trials`. */
	constructor(now?: () => number, trials: number = TRIALS_OF_ALL) {
		this.#now = now;
		this.#trialsLeft = trials;
	}

	/** Searches the last refused credentials of an attempt with the accounts that fit. */
	search(searched: SearchedAttempt): DigestSearch {
		const { attempt, steps, registration, accounts, accepted } = searched;
		const refusal = refusedCredentials(attempt, steps) ?? refusedOutOfSight(attempt, steps);
		if (refusal === undefined || refusal.stale) return NOT_SEARCHED('no credentials were refused');
		if (accounts.length === 0) return NOT_SEARCHED('no account was given');
		if (isBehindAuthentication(refusal, steps)) return NOT_SEARCHED('they were accepted');
		const { answered } = refusal.round;
		if (answered.request.cut) return NOT_SEARCHED(howCut(answered.request, 'the REGISTER'));
		if (checkDigest(answered, accounts, registration.aor, accepted).kind === 'verifies')
			return NOT_SEARCHED('the response verifies');
		const response = answeringCredentials(refusal.round)?.response ?? '';
		const known = this.#known.get(response) ?? this.#searchAnew(searched, refusal);
		if (this.#known.size < MAX_REMEMBERED) this.#known.set(response, known);
		return known;
	}

	#searchAnew(searched: SearchedAttempt, refusal: Refusal): DigestSearch {
		const { attempt, registration } = searched;
		const key = `${registration.aor ?? ''} ${registration.callIds[0] ?? ''}`;
		const before = this.#searches.get(key);
		if ((before?.count ?? 0) >= MAX_SEARCHES && attempt !== registration.decisive)
			return before?.last.kind === 'found'
				? { kind: 'found-before' }
				: { kind: 'not-found', complete: false, trials: 0 };
		const last = this.#searchAccounts(searched, refusal);
		if (this.#searches.size < MAX_REMEMBERED)
			this.#searches.set(key, { count: (before?.count ?? 0) + 1, last });
		return last;
	}

	#searchAccounts(
		{ registration, steps, accounts, accepted }: SearchedAttempt,
		refusal: Refusal,
	): DigestSearch {
		const sent = sentIn(refusal.round.answered, answeringCredentials(refusal.round)?.realm);
		if (sent === undefined) return NOT_SEARCHED('there are no credentials');
		const known = stepsUntil(registration, steps);
		const related = steps
			.flatMap((step) => {
				const credentials = sentIn(step, sent.digest.realm);
				return credentials === undefined || step.request.cut ? [] : { step, credentials };
			})
			.slice(-MAX_REQUESTS);
		const requests = related.map(({ step, credentials }) =>
			searchRequest(step, credentials, known),
		);
		const candidates = candidatesFor(accounts, sent, registration.aor).slice(0, MAX_ACCOUNTS);
		let missed: DigestSearch = NOT_SEARCHED('no account fits this user');
		for (const { account, fitting } of candidates) {
			// An HA1 holds a username and a realm: of others than its own it says nothing.
			if (isForeignHa1(account, sent)) continue;
			if (isContradicted(account, sent, refusal.round.answered.request, accepted())) continue;
			const limits = this.#limits();
			const started = this.#now?.() ?? 0;
			const result = searchDigest({
				...{ secret: account.secret, requests, limits, latest: this.#latest },
				names: digestNames(account, refusal.round.answered, known, accepted().realms()),
			});
			if ('trials' in result) this.#trialsLeft -= result.trials;
			this.#millisecondsLeft -= (this.#now?.() ?? 0) - started;
			const observed = related.map(({ step }) => step.request);
			if (result.kind === 'found') return found(result, account, observed);
			if (result.kind === 'not-found') this.#inVain += 1;
			if (fitting) missed = missedBy(result, limits);
		}
		return missed;
	}

	#limits(): SearchLimits {
		const limits = { ...DEFAULT_LIMITS, now: this.#now };
		const isSpent =
			this.#trialsLeft <= 0 || this.#millisecondsLeft <= 0 || this.#inVain >= MAX_IN_VAIN;
		return isSpent ? { ...limits, changes: 1, typing: false } : limits;
	}
}

function missedBy(
	result: Exclude<SearchResult, { kind: 'found' }>,
	{ typing }: SearchLimits,
): DigestSearch {
	if (result.kind === 'not-searchable') return NOT_SEARCHED(result.because);
	if (result.kind === 'verifies') return NOT_SEARCHED('the response verifies');
	const { trials, stoppedBy } = result;
	return { kind: 'not-found', trials, complete: stoppedBy === undefined && typing };
}

function found(
	{ alterations, agreeing, of }: Extract<SearchResult, { kind: 'found' }>,
	account: Account,
	requests: readonly Observed<SipRequest>[],
): DigestSearch {
	const words = alterationWords(alterations);
	return { kind: 'found', account, alterations, words, requests, agrees: agreeing === of };
}

function sentIn(step: AuthenticationStep, realm: string | undefined): SentCredentials | undefined {
	return step.credentials.find(({ digest }) => digest.realm === realm);
}

function isForeignHa1({ secret, username, realm }: Account, { digest }: SentCredentials): boolean {
	if (secret.kind !== 'ha1') return false;
	return (
		username !== (digest.usernameExtended ?? digest.username) ||
		(realm !== undefined && realm !== digest.realm)
	);
}
