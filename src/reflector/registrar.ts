/*
 * A registrar to practise with (RFC 3261 §10.3): asks for a digest where it has accounts, keeps bindings, and answers
 * with a list of them. Honest: its faults are put in afterwards.
 */
import { findAlgorithm } from '../digest/algorithm.js';
import type { DigestCredentials, DigestSecret } from '../digest/digest.js';
import { verifyCredentials } from '../digest/verify.js';
import { readCredentials } from '../sip/headers/authorization.js';
import { findToUri } from '../sip/headers/from-to.js';
import type { SipRequest } from '../sip/message.js';
import { addressOfRecord, parseUri, type SipUri } from '../sip/uri.js';
import type { Instant } from '../time/instant.js';
import { BindingStore } from './binding-store.js';
import { type ChallengeParts, challengeReply } from './challenge.js';
import type { Nonces } from './nonces.js';
import { type RegisterPurpose, readPurpose } from './register-purpose.js';
import { type Reply, reply } from './reply.js';
import { updateBindings } from './update-bindings.js';

/** Username and realm as wire text (Latin-1), as the accounts file gives them. */
export interface RegistrarAccount {
	readonly username: string;
	readonly realm: string | undefined;
	readonly aor: string | undefined;
	readonly secret: DigestSecret;
}

export interface RegistrarOptions {
	/** None: every REGISTER is accepted without a challenge. */
	readonly accounts: readonly RegistrarAccount[];
	/** Absent: the host of the Request-URI. */
	readonly realm: string | undefined;
	/** `MD5`, `SHA-256`, `SHA-512-256`; the most wanted first. */
	readonly algorithms: readonly string[];
	/** Seconds. */
	readonly minExpires: number;
	readonly maxExpires: number;
	/** Challenges although it has no accounts: nobody gets in then. */
	readonly alwaysChallenges: boolean;
}

export interface RegistrarAnswer {
	/** What an honest registrar says: asks for credentials, refuses them or the request, or accepts. */
	readonly stage: 'challenge' | 'refused' | 'accepted';
	readonly reply: Reply;
	readonly purpose: RegisterPurpose['kind'] | undefined;
	/** Credentials with a nonce that was given to this address: who sent them receives what is sent there. */
	readonly isProven: boolean;
	/** A fresh one for this address. */
	readonly nonce: string;
	/** A 401 with other words. */
	readonly challenge: (changes: Partial<ChallengeParts>) => Reply;
	/** Does what was asked without looking at credentials. */
	readonly accept: () => Reply;
}

export class Registrar {
	readonly #options: RegistrarOptions;
	readonly #nonces: Nonces;
	readonly #bindings = new BindingStore();

	constructor(options: RegistrarOptions, nonces: Nonces) {
		this.#options = options;
		this.#nonces = nonces;
	}

	/** Bindings that are kept. */
	get bindings(): number {
		return this.#bindings.count;
	}

	answer(request: SipRequest, address: string, now: Instant): RegistrarAnswer {
		const challenge = this.#challenger(request, address, now);
		const to = findToUri(request);
		const purpose = readPurpose(request);
		const credentials = readCredentials(request).find(({ digest }) => digest !== undefined)?.digest;
		const nonce = this.#nonces.read((credentials?.nonce ?? '').slice(-NONCE_LENGTH), address, now);
		const update = (): Reply => this.#update(to, purpose, now);
		const base = {
			...{ purpose: purpose?.kind, isProven: nonce === 'current', challenge, accept: update },
			nonce: this.#nonces.issue(address, now),
		};
		const refused = (answer: Reply): RegistrarAnswer => ({
			...base,
			stage: 'refused',
			reply: answer,
		});
		const { accounts, alwaysChallenges } = this.#options;
		if (accounts.length > 0 || alwaysChallenges) {
			if (credentials === undefined) return { ...base, stage: 'challenge', reply: challenge({}) };
			const account = this.#verified(request, credentials);
			if (account === undefined) return refused(challenge({}));
			if (nonce !== 'current') return refused(challenge({ stale: true }));
			if (to !== undefined && !speaksFor(account, to)) return refused(reply(403));
		}
		const updated = update();
		return { ...base, stage: updated.statusCode === 200 ? 'accepted' : 'refused', reply: updated };
	}

	#update(to: SipUri | undefined, purpose: RegisterPurpose | undefined, now: Instant): Reply {
		if (to?.host === undefined) return reply(400, [], 'To is no SIP address');
		if (purpose === undefined) return reply(400, [], 'Contact or Expires is malformed');
		return updateBindings(this.#bindings, addressOfRecord(to), purpose, { ...this.#options, now });
	}

	/** The account whose password the credentials prove. */
	#verified(request: SipRequest, credentials: DigestCredentials): RegistrarAccount | undefined {
		const { method, body } = request;
		// Right for another realm or algorithm is wrong: the phone does not answer what it was asked.
		const algorithm = findAlgorithm(credentials.algorithm)?.name ?? '';
		if (credentials.realm !== this.#realm(request)) return undefined;
		if (!this.#options.algorithms.includes(algorithm)) return undefined;
		const named = this.#options.accounts.filter(({ username }) => {
			const written = credentials.usernameExtended ?? credentials.username;
			return username === written || credentials.userhash;
		});
		return named.find(
			({ secret, username }) =>
				verifyCredentials({ credentials, secret, method, body, username }).kind === 'verifies',
		);
	}

	#realm({ requestUri }: SipRequest): string {
		const uri = parseUri(requestUri);
		const host = uri.ok ? uri.value.host : undefined;
		return this.#options.realm ?? host?.slice(0, 64) ?? 'reflector.invalid';
	}

	#challenger(request: SipRequest, address: string, now: Instant): RegistrarAnswer['challenge'] {
		return (changes) =>
			challengeReply(
				this.#options.algorithms.map((algorithm) => ({
					realm: this.#realm(request),
					nonce: this.#nonces.issue(address, now),
					...{ algorithm, qop: 'auth', stale: false },
					...changes,
				})),
			);
	}
}

/** Of what `Nonces` gives; a fault may write something before it. */
const NONCE_LENGTH = 17;

/** RFC 3261 §10.3 step 4: who may change the bindings of this address-of-record. */
function speaksFor({ username, aor }: RegistrarAccount, to: SipUri): boolean {
	if (aor !== undefined) return aor === addressOfRecord(to);
	const user = to.userUnescaped ?? '';
	return user === username || `${user}@${to.host ?? ''}` === username;
}
