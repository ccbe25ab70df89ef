/** What secret, username and realm may have been, with HA1 of each: of one phone the same from request to request. */
import type { DigestSecret } from '../digest.js';
import type { Identity, IdentityForm } from './alteration.js';
import { type Candidate, Candidates, Kept } from './candidates.js';
import { passwordForms } from './password-forms.js';
import { realmForms } from './realm-forms.js';
import type { SearchHash } from './search-hash.js';
import type { SearchNames } from './search-request.js';
import { identityHa1 } from './trial.js';
import { typingSlips } from './typing-slips.js';
import { usernameForms } from './username-forms.js';

type Ha1Candidate = Candidate<string>;

export class IdentityCandidates {
	/** Families: password, username, realm; none for an HA1, which holds all three. */
	readonly altered: Candidates<Identity, string>;
	readonly #secret: DigestSecret;
	readonly #written: Identity;
	/** By the name of the hash. */
	readonly #typed = new Map<string, Iterable<Ha1Candidate>>();

	constructor(secret: DigestSecret, written: Identity, names: SearchNames) {
		this.#secret = secret;
		this.#written = written;
		const families = secret.kind === 'ha1' ? [] : familiesOf(secret.password, written, names);
		this.altered = new Candidates(written, families, identityHa1);
	}

	/** The password with one slip of typing. */
	typed(hash: SearchHash): Iterable<Ha1Candidate> {
		const known = this.#typed.get(hash.name) ?? new Kept(this.#type(hash));
		this.#typed.set(hash.name, known);
		return known;
	}

	*#type(hash: SearchHash): Generator<Ha1Candidate> {
		if (this.#secret.kind === 'ha1') return;
		const { username, realm } = this.#written;
		for (const { alteration, text } of typingSlips(this.#secret.password)) {
			const secret = { kind: 'text', text } as const;
			yield {
				alterations: [alteration],
				computed: identityHa1({ secret, username, realm }, hash),
			};
		}
	}
}

function familiesOf(
	password: string,
	{ username, realm }: Identity,
	names: SearchNames,
): readonly (readonly IdentityForm[])[] {
	const usernames = [...new Set([username, ...names.usernames.map(({ value }) => value)])];
	return [
		passwordForms(password, usernames),
		usernameForms(username, names),
		realmForms(realm, names),
	];
}

/** The identities of the latest request: the next search is mostly one of the same phone. */
export class LatestIdentities {
	#latest: { secret: DigestSecret; key: string; candidates: IdentityCandidates } | undefined;

	/** Those of this secret with what is written; `written` holds the same secret. */
	of(secret: DigestSecret, written: Identity, names: SearchNames): IdentityCandidates {
		const key = JSON.stringify([written.username, written.realm, names]);
		if (this.#latest?.secret !== secret || this.#latest.key !== key)
			this.#latest = { secret, key, candidates: new IdentityCandidates(secret, written, names) };
		return this.#latest.candidates;
	}
}
