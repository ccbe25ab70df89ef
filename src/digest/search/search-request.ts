import type { DigestCredentials } from '../digest.js';

/** A value that may stand where another belongs, and where it was seen: `the user of To`. */
export interface Named {
	readonly value: string;
	readonly from: string;
}

/** One request whose response shall be explained; all text is wire text. */
export interface SearchRequest {
	readonly credentials: DigestCredentials;
	readonly method: string;
	readonly body: Uint8Array;
	/** Other uris that the phone may have hashed. */
	readonly uris: readonly Named[];
	/** Nonces that this phone was given before, the newest first. */
	readonly nonces: readonly string[];
}

/** What else was seen of the account. */
export interface SearchNames {
	readonly usernames: readonly Named[];
	readonly realms: readonly Named[];
	/** Domains and addresses of the server. */
	readonly domains: readonly Named[];
}
