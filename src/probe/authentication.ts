/*
 * The credentials of one probe (RFC 3261 §22, RFC 7616, RFC 8760): which challenge is answered, how often a nonce was
 * used, and when to stop. A probe is a guest: two failed authentications, and no third ever leaves.
 */

import { answerWithKey, ncText } from '../digest/answer.js';
import { verifyServerProof } from '../digest/server-proof.js';
import { type Challenge, readChallenges } from '../sip/headers/authenticate.js';
import { readAuthenticationInfo } from '../sip/headers/authentication-info.js';
import type { SipResponse } from '../sip/message.js';
import type { AnswerKey, Secrets, Unanswerable } from './answer-key.js';
import { chooseAnswer } from './choose-answer.js';
import { isSuccess } from './exchange.js';

/** Failed authentications in one run. */
const MAX_FAILED_AUTHENTICATIONS = 2;

/** Why no further credentials are sent. */
export type Refusal =
	| Unanswerable
	/** 401 or 407 without a challenge that can be read. */
	| 'challenge-missing'
	/** stale=true to the answer of a nonce just given. */
	| 'stale-again'
	/** The network does not take the SQN that it was told (AUTS). */
	| 'aka-sqn-again'
	/** The MAC in the nonce was not made with the key given, and the network was told so. */
	| 'aka-mac'
	/** The credentials were refused, twice at most. */
	| 'credentials-refused';

export type Reaction =
	| { readonly kind: 'retry' }
	| { readonly kind: 'refused'; readonly refusal: Refusal };

type CredentialsHeader = 'Authorization' | 'Proxy-Authorization';

/** What was challenged, for the checklist. */
export interface ChallengeSeen {
	readonly offered: readonly Challenge[];
	/** Answered, or what would have been with the secret that is missing. */
	readonly chosen: Challenge | undefined;
}

/** `rspauth` of the server (RFC 7616 §3.5). */
export type ServerProof = 'verifies' | 'wrong';

interface Answer {
	readonly header: CredentialsHeader;
	readonly realm: string | undefined;
	readonly key: AnswerKey;
	/** One a nonce, as -sess algorithms build their key on the first (RFC 7616 §3.4.2). */
	readonly cnonce: string;
	nc: number;
	/** Of the last request that carried it. */
	uri: string;
}

export interface AuthenticationDeps extends Secrets {
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
	#proof: ServerProof | undefined;

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

	/** The key of the SIM that was given is not the one the network's challenge was made with. */
	get refusedMac(): boolean {
		return this.#answers.some(({ key }) => refusesMac(key));
	}

	/** Whether the server proved that it knows the password; undefined where it sent no proof. One miss stays. */
	get serverProof(): ServerProof | undefined {
		return this.#proof;
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

	/** The header fields for the next request; each call counts the nonce up. They hold secrets: never print them. */
	credentials(uri: string): readonly (readonly [CredentialsHeader, string])[] {
		return this.#answers.flatMap((answer) => {
			answer.nc += 1;
			answer.uri = uri;
			const value = this.#answer(answer);
			return value === undefined ? [] : [[answer.header, value] as const];
		});
	}

	/** What to do about a 401 or 407. */
	react(response: SipResponse): Reaction {
		const [asks, header] = fieldsOf(response);
		const offered = readChallenges(response).filter((challenge) => challenge.header === asks);
		const choice = chooseAnswer(offered, this.#deps, this.#deps.algorithm);
		this.#first ??= { offered, chosen: choice.challenge };
		if (offered.length === 0) return { kind: 'refused', refusal: 'challenge-missing' };
		const { challenge, key } = choice;
		if (challenge === undefined || typeof key === 'string')
			return { kind: 'refused', refusal: typeof key === 'string' ? key : 'unsupported' };
		if (this.exhausted) return { kind: 'refused', refusal: 'credentials-refused' };
		const refusal = this.#judge(challenge, key, header);
		if (refusal !== undefined) return { kind: 'refused', refusal };
		this.#remember(key, header, challenge.parameters.get('realm'));
		return { kind: 'retry' };
	}

	/**
	 * After any final but a challenge: of a 2xx the nonce that the server wants to see next, and its proof, where it sends
	 * them (RFC 7616 §3.5). A refusal of a request with credentials may be one of the credentials: it counts as one.
	 */
	accepted(response: SipResponse): void {
		if (this.#answers.length > 0 && isRefusal(response)) this.#failures += 1;
		const info = readAuthenticationInfo(response);
		const answer = this.#answers.find(({ header }) => header === 'Authorization');
		if (info === undefined || answer?.key.kind !== 'digest') return;
		if (info.rspauth !== undefined && isSuccess(response))
			this.#readProof(answer, { rspauth: info.rspauth, qop: info.qop }, response.body);
		if (info.nextnonce === undefined || !this.#reuse) return;
		const challenge = { ...answer.key.challenge, nonce: info.nextnonce, stale: false };
		this.#remember({ ...answer.key, challenge }, answer.header, answer.realm);
	}

	#readProof(
		{ key, cnonce, nc, uri }: Answer,
		proof: { readonly rspauth: string; readonly qop: string | undefined },
		body: Uint8Array,
	): void {
		if (key.kind !== 'digest' || nc === 0) return;
		const { algorithm, ha1 } = key.key;
		const request = { challenge: key.challenge, algorithm, ha1, uri, nc: ncText(nc), cnonce, body };
		const verdict = verifyServerProof({ ...request, ...proof });
		if (verdict !== 'unknown' && this.#proof !== 'wrong') this.#proof = verdict;
	}

	#answer({ key, cnonce, nc, uri }: Answer): string | undefined {
		if (key.kind === 'bearer') return `Bearer ${key.token}`;
		const { username } = this.#deps;
		const body = new Uint8Array(0);
		const { challenge } = key;
		const inputs = { challenge, username, method: 'REGISTER', uri, body, cnonce, nc };
		const answer = answerWithKey(inputs, key.key);
		return answer.kind === 'answered' ? answer.value : undefined;
	}

	/** The challenge after credentials of ours: were they refused, or only too old? */
	#judge(chosen: Challenge, key: AnswerKey, header: CredentialsHeader): Refusal | undefined {
		const realm = chosen.parameters.get('realm');
		const before = this.#answers.find((answer) => sameProtection(answer, realm, header));
		if (before === undefined) {
			// A proxy that renames its realm at each answer must not draw one attempt after the other.
			const proxies = this.#answers.filter((answer) => answer.header === header).length;
			return proxies >= MAX_FAILED_AUTHENTICATIONS ? 'credentials-refused' : undefined;
		}
		// What was sent was no try of a password but word of an SQN (RFC 3310 §3.4).
		if (autsOf(before.key) !== undefined)
			return autsOf(key) === undefined ? undefined : 'aka-sqn-again';
		// Nor was that one: another nonce of the same network would not do.
		if (refusesMac(before.key)) return 'aka-mac';
		if (before.nc > 1) this.#reuse = false;
		if (chosen.digest?.stale === true) {
			if (this.#staleFollowed) return 'stale-again';
			this.#staleFollowed = true;
			return undefined;
		}
		this.#failures += 1;
		// RFC 3261 §22.1: the same credentials are not tried again; a new nonce makes other ones of them, once.
		const same = nonceOf(key) === nonceOf(before.key);
		return same || this.#failures >= MAX_FAILED_AUTHENTICATIONS ? 'credentials-refused' : undefined;
	}

	#remember(key: AnswerKey, header: CredentialsHeader, realm: string | undefined): void {
		const kept = this.#answers.filter((answer) => !sameProtection(answer, realm, header));
		const cnonce = this.#deps.newCnonce();
		const answer = { header, realm, key, cnonce, nc: 0, uri: '' };
		this.#answers.splice(0, this.#answers.length, ...kept, answer);
	}
}

function refusesMac(key: AnswerKey): boolean {
	return key.kind === 'digest' && key.key.refusesMac === true;
}

function autsOf(key: AnswerKey): string | undefined {
	return key.kind === 'digest' ? key.key.auts : undefined;
}

/** A token has none: it is the same each time. */
function nonceOf(key: AnswerKey): string | undefined {
	return key.kind === 'digest' ? key.challenge.nonce : undefined;
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
	realm: string | undefined,
	header: CredentialsHeader,
): boolean {
	if (answer.header !== header) return false;
	return header === 'Authorization' || answer.realm === realm;
}

/** RFC 3261 §22.2 and §22.3: which header field of the response asks, and which of the request answers. */
function fieldsOf({ statusCode }: SipResponse): [Challenge['header'], CredentialsHeader] {
	return statusCode === 407
		? ['Proxy-Authenticate', 'Proxy-Authorization']
		: ['WWW-Authenticate', 'Authorization'];
}
