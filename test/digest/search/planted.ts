/* A phone that computes its response from other inputs than it writes. */
import { findAlgorithm } from '../../../src/digest/algorithm.js';
import { computeHa1, computeResponse } from '../../../src/digest/compute.js';
import type { DigestCredentials } from '../../../src/digest/digest.js';
import { type SearchResult, searchDigest } from '../../../src/digest/search/search-digest.js';
import { DEFAULT_LIMITS } from '../../../src/digest/search/search-limits.js';
import type { SearchNames, SearchRequest } from '../../../src/digest/search/search-request.js';
import { credentials } from '../credentials.js';

/** What the phone hashes; what is left out is as written. */
export interface Hashed {
	readonly password?: string | Uint8Array;
	readonly username?: string;
	readonly realm?: string;
	readonly uri?: string;
	readonly method?: string;
	readonly nonce?: string;
	readonly nc?: string;
	readonly cnonce?: string;
	readonly qop?: string | undefined;
	readonly algorithm?: string;
	readonly body?: Uint8Array;
}

export const NO_NAMES: SearchNames = { usernames: [], realms: [], domains: [] };

/** A REGISTER that writes `written` and was computed from `hashed`. */
export function planted(
	hashed: Hashed,
	written: Partial<DigestCredentials> = {},
	seen: Partial<SearchRequest> = {},
): SearchRequest {
	const { response: _, ...unsigned } = credentials(written);
	const { username = '', realm = '', uri = '', nonce = '', qop, nc, cnonce } = unsigned;
	const algorithm = findAlgorithm(hashed.algorithm ?? unsigned.algorithm);
	if (algorithm === undefined) throw new Error('no such algorithm');
	const { method = 'REGISTER', body = new Uint8Array() } = seen;
	const ha1 = computeHa1({
		...{ algorithm, username, realm },
		password: 's3cret!',
		...pick(hashed, ['username', 'realm', 'password']),
	});
	const response = computeResponse({
		...{ algorithm, ha1, method, uri, nonce, qop, nc, cnonce, body },
		...pick(hashed, ['method', 'uri', 'nonce', 'qop', 'nc', 'cnonce', 'body']),
	});
	return {
		...{ credentials: { ...unsigned, response }, method, body, uris: [], nonces: [] },
		...seen,
	};
}

function pick<K extends keyof Hashed>(hashed: Hashed, keys: readonly K[]): Pick<Hashed, K> {
	const entries = Object.entries(hashed).filter(([key]) => keys.some((one) => one === key));
	// Only the keys asked for are left.
	return Object.fromEntries(entries) as Pick<Hashed, K>;
}

/** A search with the password `s3cret!`, or another. */
export function search(
	requests: SearchRequest | readonly SearchRequest[],
	password = 's3cret!',
	names: Partial<SearchNames> = {},
): SearchResult {
	return searchDigest({
		secret: { kind: 'password', password },
		requests: Array.isArray(requests) ? requests : [requests as SearchRequest],
		names: { ...NO_NAMES, ...names },
		limits: { ...DEFAULT_LIMITS, now: undefined },
	});
}

/** `password:lower-case`, joined where there are several; else the kind of the result. */
export function foundIn(result: SearchResult): string {
	if (result.kind !== 'found') return result.kind;
	return result.alterations.map(({ family, name }) => `${family}:${name}`).join(' ');
}
