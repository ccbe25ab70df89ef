/*
 * The credentials of one probe (RFC 3261 §22, RFC 7616, RFC 8760): which challenge is answered, how often a nonce was
 * used, and when to stop. A probe is a guest: two failed authentications, and no third ever leaves.
 */
import { answerChallenge } from '../digest/answer.js';
import { chooseChallenge } from '../digest/choose-challenge.js';
import type { DigestChallenge, DigestSecret } from '../digest/digest.js';
import { type Challenge, readChallenges } from '../sip/headers/authenticate.js';
import { readAuthenticationInfo } from '../sip/headers/authentication-info.js';
import type { SipResponse } from '../sip/message.js';

/** Failed authentications in one run. */
const MAX_FAILED_AUTHENTICATIONS = 2;

/** Why no further credentials are sent. */
export type Refusal =
	/** Nothing to answer with. */
	| 'no-secret'
	/** 401 or 407 without a challenge that can be read. */
	| 'challenge-missing'
	/** Only schemes or algorithms that are not ours, or not the forced one. */
	| 'unsupported'
	/** stale=true to the answer of a nonce just given. */
	| 'stale-again'
	/** The credentials were refused, twice at most. */
	| 'credentials-refused';

export type Reaction =
	| { readonly kind: 'retry' }
	| { readonly kind: 'refused'; readonly refusal: Refusal };

type CredentialsHeader = 'Authorization' | 'Proxy-Authorization';

/** What was challenged, for the checklist. */
export interface ChallengeSeen {
	readonly offered: readonly Challenge[];
	readonly chosen: DigestChallenge | undefined;
}

interface Answer {
	readonly header: CredentialsHeader;
	readonly challenge: DigestChallenge;
	/** One a nonce, as -sess algorithms build their key on the first (RFC 7616 §3.4.2). */
	readonly cnonce: string;
	nc: number;
}

export interface AuthenticationDeps {
	/** Wire text. */
	readonly username: string;
	readonly secret: DigestSecret | undefined;
	/** `--algorithm`. */
	readonly algorithm: string | undefined;
	readonly newCnonce: () => string;
}

export class Authentication {
	readonly #deps: AuthenticationDeps;
	readonly #answers: Answer[] = [];
	#failures = 0;
	#staleFollowed = false;
	#reuse = true;
	#first: ChallengeSeen | undefined;

	constructor(deps: AuthenticationDeps) {
		this.#deps = deps;
	}

	/** Credentials refused so far; stale ones, which say that the password was right, not counted. */
	get failures(): number {
		return this.#failures;
	}

	/** The first challenge of the run, with everything that was offered. */
	get challenge(): ChallengeSeen | undefined {
		return this.#first;
	}

	/** True once credentials were sent. */
	get answered(): boolean {
		return this.#answers.some(({ nc }) => nc > 0);
	}

	/** No further credentials may leave in this run, wherever they would go. */
	get exhausted(): boolean {
		return this.#failures >= MAX_FAILED_AUTHENTICATIONS;
	}

	/** Credentials were taken for a nonce that may be used again. */
	get holdsNonce(): boolean {
		return this.#reuse && this.answered;
	}

	/** Another server or connection is asked next. `keepNonces`: it is to show whether it takes those of the last one. */
	turnTo(keepNonces: boolean): void {
		this.#first = undefined;
		if (!keepNonces) this.#answers.length = 0;
	}

	/** A new purpose: one stale=true may be followed again; a server that takes no nonce twice is asked for another. */
	begin(): void {
		this.#staleFollowed = false;
		if (!this.#reuse) this.#answers.length = 0;
	}

	/** The header fields for the next request; each call counts the nonce up. They hold a response: never print them. */
	credentials(uri: string): readonly (readonly [CredentialsHeader, string])[] {
		return this.#answers.flatMap((answer) => {
			answer.nc += 1;
			const value = this.#answer(answer, uri);
			return value === undefined ? [] : [[answer.header, value] as const];
		});
	}

	/** What to do about a 401 or 407. */
	react(response: SipResponse): Reaction {
		const [asks, header] = fieldsOf(response);
		const offered = readChallenges(response).filter((challenge) => challenge.header === asks);
		const chosen = this.#choose(offered, header);
		this.#first ??= { offered, chosen };
		if (offered.length === 0) return { kind: 'refused', refusal: 'challenge-missing' };
		if (chosen === undefined) return { kind: 'refused', refusal: 'unsupported' };
		if (this.#deps.secret === undefined) return { kind: 'refused', refusal: 'no-secret' };
		if (this.exhausted) return { kind: 'refused', refusal: 'credentials-refused' };
		const refusal = this.#judge(chosen, header);
		if (refusal !== undefined) return { kind: 'refused', refusal };
		this.#remember(chosen, header);
		return { kind: 'retry' };
	}

	/**
	 * After any final but a challenge: of a 2xx the nonce that the server wants to see next, where it names one (RFC 7616
	 * §3.5). A refusal of a request with credentials may be one of the credentials: it counts as one.
	 */
	accepted(response: SipResponse): void {
		if (this.#answers.length > 0 && isRefusal(response)) this.#failures += 1;
		const next = readAuthenticationInfo(response)?.nextnonce;
		const answer = this.#answers.find(({ header }) => header === 'Authorization');
		if (next === undefined || answer === undefined || !this.#reuse) return;
		this.#remember({ ...answer.challenge, nonce: next, stale: false }, answer.header);
	}

	/** The topmost that can be answered with what was given: an HA1 answers only its own algorithm. */
	#choose(offered: readonly Challenge[], header: CredentialsHeader): DigestChallenge | undefined {
		const answerable = offered.filter(({ digest: challenge }) => {
			if (challenge === undefined || this.#deps.secret === undefined)
				return challenge !== undefined;
			return this.#answer({ header, challenge, cnonce: '', nc: 1 }, '') !== undefined;
		});
		return chooseChallenge(answerable, this.#deps.algorithm)?.digest;
	}

	#answer({ challenge, cnonce, nc }: Answer, uri: string): string | undefined {
		const { secret, username } = this.#deps;
		if (secret === undefined) return undefined;
		const body = new Uint8Array(0);
		const inputs = { challenge, username, secret, method: 'REGISTER', uri, body, cnonce, nc };
		const answer = answerChallenge(inputs);
		return answer.kind === 'answered' ? answer.value : undefined;
	}

	/** The challenge after credentials of ours: were they refused, or only too old? */
	#judge(chosen: DigestChallenge, header: CredentialsHeader): Refusal | undefined {
		const before = this.#answers.find((answer) => sameProtection(answer, chosen, header));
		if (before === undefined) {
			// A proxy that renames its realm at each answer must not draw one attempt after the other.
			const proxies = this.#answers.filter((answer) => answer.header === header).length;
			return proxies >= MAX_FAILED_AUTHENTICATIONS ? 'credentials-refused' : undefined;
		}
		if (before.nc > 1) this.#reuse = false;
		if (chosen.stale) {
			if (this.#staleFollowed) return 'stale-again';
			this.#staleFollowed = true;
			return undefined;
		}
		this.#failures += 1;
		// RFC 3261 §22.1: the same credentials are not tried again; a new nonce makes other ones of them, once.
		const same = chosen.nonce === before.challenge.nonce;
		return same || this.#failures >= MAX_FAILED_AUTHENTICATIONS ? 'credentials-refused' : undefined;
	}

	#remember(challenge: DigestChallenge, header: CredentialsHeader): void {
		const kept = this.#answers.filter((answer) => !sameProtection(answer, challenge, header));
		const cnonce = this.#deps.newCnonce();
		this.#answers.splice(0, this.#answers.length, ...kept, { header, challenge, cnonce, nc: 0 });
	}
}

/** Many servers say 403 or 404 for a wrong password; these say for sure that it was something else. */
const OF_NO_PASSWORD = [408, 420, 421, 423, 439, 480, 494];

function isRefusal({ statusCode }: SipResponse): boolean {
	if (statusCode >= 600) return true;
	return statusCode >= 400 && statusCode < 500 && !OF_NO_PASSWORD.includes(statusCode);
}

/** One registrar, whatever realm it names this time; of proxies there may be several (RFC 3261 §22.3). */
function sameProtection(
	answer: Answer,
	challenge: DigestChallenge,
	header: CredentialsHeader,
): boolean {
	if (answer.header !== header) return false;
	return header === 'Authorization' || answer.challenge.realm === challenge.realm;
}

/** RFC 3261 §22.2 and §22.3: which header field of the response asks, and which of the request answers. */
function fieldsOf({ statusCode }: SipResponse): [Challenge['header'], CredentialsHeader] {
	return statusCode === 407
		? ['Proxy-Authenticate', 'Proxy-Authorization']
		: ['WWW-Authenticate', 'Authorization'];
}
