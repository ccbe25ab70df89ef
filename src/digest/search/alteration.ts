/*
 * What a phone, a provisioning file or a person may have done to the inputs of a digest. A form is one such change; each
 * family of forms has a file of its own. Words follow "verifies", and none of them holds a part of the password.
 */
import type { SearchHash } from './search-hash.js';

/** The input that was another one; `typing` is a slip of one character in the password. */
export type AlterationFamily =
	| 'password'
	| 'typing'
	| 'username'
	| 'realm'
	| 'uri'
	| 'method'
	| 'nonce'
	| 'formula'
	| 'algorithm';

/** One change that makes a response verify. */
export interface Alteration {
	readonly family: AlterationFamily;
	/** Kebab-case, for machines: `cut-at-special`, `default-port-added`. */
	readonly name: string;
	/** `with the password cut at ";"`, `for the realm "asterisk"`. */
	readonly words: string;
	/** What was hashed in place of the value written, as wire text; absent where it is a secret or no value. */
	readonly hashed?: string;
}

/** The password as it enters A1, or what stands in its place. */
export type SearchSecret =
	/** Wire text: the bytes that are hashed, one character a byte. */
	| { readonly kind: 'text'; readonly text: string }
	/** HA1 itself, whatever username and realm are. */
	| { readonly kind: 'ha1'; readonly ha1: string }
	/** HA1 in hex as the password: hashed twice. */
	| { readonly kind: 'hashed-before'; readonly text: string };

/** What enters HA1. */
export interface Identity {
	readonly secret: SearchSecret;
	readonly username: string;
	readonly realm: string;
}

/** What enters HA2. */
export interface A2Inputs {
	readonly method: string;
	readonly uri: string;
	/** What follows the uri: H(body), H of nothing, or nothing at all. */
	readonly entity: 'body' | 'empty' | 'none';
}

/** What enters the response beside HA1. */
export interface Remainder {
	/** The same value as long as nothing in it is changed, so that it is hashed once. */
	readonly a2: A2Inputs;
	readonly session: boolean;
	readonly nonce: string;
	readonly nc: string;
	readonly cnonce: string;
	/** Undefined: the formula of RFC 2069. */
	readonly qop: string | undefined;
	/** Hex digits of an inner hash in upper case. */
	readonly upperCase: 'none' | 'ha1' | 'both';
}

/** A change of one input. Forms of one `name` and `hashed` are the same change on every request. */
export interface Form<Inputs> extends Alteration {
	/** Frequent enough to be tried beside two other changes. */
	readonly usual: boolean;
	readonly change: (inputs: Inputs) => Inputs;
}

export type IdentityForm = Form<Identity>;
export type RemainderForm = Form<Remainder>;

/** What one input may have been, before it is a form: most come to the same, and are left out. */
export interface OtherValue {
	readonly name: string;
	/** Wire text. */
	readonly value: string;
	/** Where it was seen. */
	readonly from: string | undefined;
	readonly usual: boolean;
}

export function otherValue(name: string, value: string, from?: string, usual = false): OtherValue {
	return { name, value, from, usual };
}

/** The form that puts another value in place of an input; `place` leads to the value, as in `over the uri`. */
export function valueForm<Inputs>(
	family: AlterationFamily,
	place: string,
	{ name, value, from, usual }: OtherValue,
	change: Form<Inputs>['change'],
): Form<Inputs> {
	const words = `${place} "${value}"${from === undefined ? '' : ` (${from})`}`;
	return { family, name, hashed: value, usual, words, change };
}

/** Another hash than the one that is written. */
export interface HashForm extends Alteration {
	readonly hash: SearchHash;
}

/** `with the password in lower case and for the realm "asterisk"`. */
export function alterationWords(alterations: readonly Alteration[]): string {
	return alterations.map(({ words }) => words).join(' and ');
}

/** Forms without those whose key was there before or is left out; the first of equals has the better name. */
export function distinct<F>(forms: readonly F[], keyOf: (form: F) => string, known: string): F[] {
	const seen = new Set([known]);
	return forms.filter((form) => {
		const key = keyOf(form);
		if (seen.has(key)) return false;
		seen.add(key);
		return true;
	});
}
